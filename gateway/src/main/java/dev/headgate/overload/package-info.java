/**
 * How much load is taken on. For one upstream: how many requests it has at once, by a fixed bound
 * or by what its latency says, and who waits until there is room. For the node: who is turned away
 * when it has more than it can do. No sockets and no timers: whoever serves asks and tells.
 */
@NullMarked
package dev.headgate.overload;

import org.jspecify.annotations.NullMarked;
