/**
 * What a policy and the flow share of one request: the exchange itself, its stages, failures, and
 * the loop's clock and timers. No Netty type is visible here.
 */
@NullMarked
package dev.headgate.exchange;

import org.jspecify.annotations.NullMarked;
