package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.keyed.SharedKey;

/**
 * Tokens in a store that several nodes share, which is asked about each request. What it gives is
 * counted on this node too, so that a store that goes away does not give everybody another burst.
 */
@LoopConfined
final class ExactTokens implements Tokens {
  private final LimitPlan plan;
  private final WithoutStore without;
  private final SharedKey keys;
  private final StoreCounts buckets;

  ExactTokens(LimitPlan plan, LimitPlan.Sharing sharing, Loop loop) {
    this.plan = plan;
    this.without = new WithoutStore(plan, sharing.onFailure(), loop);
    this.keys = new SharedKey(sharing.purpose(), plan.per());
    this.buckets = plan.inStore(sharing.place(), loop.stores());
  }

  @Override
  public Found take(Exchange exchange, long cost, long patience) {
    if (exchange.explained()) {
      return without.explained(exchange, cost, patience);
    }
    long key = without.local().key(exchange);
    String shared = keys.of(exchange);
    Found.Later later = new Found.Later();
    buckets.take(
        shared,
        cost,
        patience,
        new SharedBuckets.Listener() {
          @Override
          public void told(long number, long[] left) {
            if (number == 1) {
              without.local().mirror(key, cost);
            }
            later.complete(taking(key, shared, number == 1, left));
          }

          @Override
          public void failed(String why) {
            later.complete(without.take(key, shared, cost, patience, why));
          }
        });
    return later.now();
  }

  /** What the store's answer means. */
  static Found.Taking taking(long key, String shared, boolean taken, long[] left) {
    int fullest = 0;
    for (int i = 1; i < left.length; i++) {
      fullest = left[i] < left[fullest] ? i : fullest;
    }
    return left[fullest] >= 0 && taken
        ? Found.Taking.enough(key, shared, left)
        : new Found.Taking(key, shared, left, fullest, Math.max(1, -left[fullest]), taken);
  }

  @Override
  public void charge(Found.Taking request, long cost) {
    without.local().charge(request, cost);
    if (!request.sharedKey().isEmpty()) {
      buckets.charge(request.sharedKey(), cost, WithoutStore.NOTHING);
    }
  }
}
