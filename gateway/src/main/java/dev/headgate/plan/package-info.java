/**
 * What plans and products mean for a request, on its loop: whether its consumer has subscribed,
 * whether its quota has room, and that it is counted once it has ended and is billable. Counting is
 * in memory: {@link dev.headgate.plan.Meters} is what the ledger reads, which makes it durable and
 * tells what was used before. No I/O and no database here; the limits of a plan come as policies,
 * made where the policy {@code limit} is.
 */
@NullMarked
package dev.headgate.plan;

import org.jspecify.annotations.NullMarked;
