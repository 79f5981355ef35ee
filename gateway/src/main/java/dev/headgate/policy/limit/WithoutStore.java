package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Limiting;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;

/** What holds while a store does not answer. */
@LoopConfined
final class WithoutStore {
  /** For what is told to a store and needs no answer. */
  static final SharedBuckets.Listener NOTHING =
      new SharedBuckets.Listener() {
        @Override
        public void told(long number, long[] left) {}

        @Override
        public void failed(String why) {}
      };

  private final LimitPlan plan;
  private final Limiting.OnStoreFailure onFailure;
  private final LocalCounts local;

  WithoutStore(LimitPlan plan, Limiting.OnStoreFailure onFailure, Loop loop) {
    this.plan = plan;
    this.onFailure = onFailure;
    this.local = plan.local(loop);
  }

  /** What this node counts by itself. */
  LocalCounts local() {
    return local;
  }

  Found take(long key, String sharedKey, long cost, long patience, String why) {
    return switch (onFailure) {
      case LOCAL -> local.take(key, sharedKey, cost, patience);
      case ALLOW -> Found.Taking.enough(key, sharedKey, full());
      case DENY -> new Found.Away(why);
    };
  }

  private long[] full() {
    return plan.limits().stream().mapToLong(LimitPlan.One::depth).toArray();
  }

  /** Explaining changes nothing that others see. */
  Found explained(Exchange exchange, long cost, long patience) {
    exchange.note(
        plan.stage(),
        plan.name() + " counts in a store, which is not asked here: as if nobody had called yet");
    return local.take(local.key(exchange), "", cost, patience);
  }
}
