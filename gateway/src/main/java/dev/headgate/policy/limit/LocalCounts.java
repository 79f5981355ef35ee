package dev.headgate.policy.limit;

import dev.headgate.exchange.Exchange;

/** What this node counts by itself, for itself or while a store is away. Loop-confined. */
interface LocalCounts extends Tokens {
  /** Whose tokens a request takes. */
  long key(Exchange exchange);

  Found.Taking take(long key, String sharedKey, long cost, long patience);

  /** Counts what was taken elsewhere, as far as the limit goes. */
  void mirror(long key, long cost);
}
