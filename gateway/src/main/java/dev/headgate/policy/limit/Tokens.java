package dev.headgate.policy.limit;

import dev.headgate.exchange.Exchange;

/**
 * Where the tokens of a limit lie: on this node, in a store that several nodes share, or lent by
 * one. Loop-confined.
 */
interface Tokens {
  /**
   * Takes what a request counts for out of the buckets of all rates, or out of none.
   *
   * @param patience how long the request could wait, in nanoseconds: tokens that come within that
   *     time are taken on credit
   */
  Found take(Exchange exchange, long cost, long patience);

  /**
   * Takes what turned out later, whether there is enough or not, down to two empty bursts.
   *
   * @param request what was found when it came
   */
  void charge(Found.Taking request, long cost);

  /** No snapshot uses them any more; requests may still come. */
  default void close() {}
}
