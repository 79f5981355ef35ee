package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.keyed.RequestKey;

/** Tokens that this node counts alone. */
@LoopConfined
final class LocalTokens implements LocalCounts {
  private final LimitPlan plan;
  private final Loop loop;
  private final RequestKey keys;

  LocalTokens(LimitPlan plan, Loop loop) {
    this.plan = plan;
    this.loop = loop;
    this.keys = new RequestKey(plan.per(), plan.seed());
  }

  @Override
  public long key(Exchange exchange) {
    return keys.of(exchange);
  }

  @Override
  public Found take(Exchange exchange, long cost, long patience) {
    return take(key(exchange), "", cost, patience);
  }

  @Override
  public Found.Taking take(long key, String sharedKey, long cost, long patience) {
    long now = loop.nanos();
    long[] left = new long[plan.limits().size()];
    int fullest = takeAll(key, cost, now, left);
    if (fullest < 0) {
      return Found.Taking.enough(key, sharedKey, left);
    }
    long wait = -left[fullest];
    boolean credit = wait <= patience;
    if (credit) {
      onCredit(key, cost, now, left);
    }
    return new Found.Taking(key, sharedKey, left, fullest, wait, credit);
  }

  /**
   * Takes from all buckets, or puts back what was taken and says which has longest to wait for.
   *
   * @param left gets what {@link Buckets#take} says of each, or what there would be without this
   *     request if it is refused
   * @return -1 if there was enough in all of them
   */
  private int takeAll(long key, long cost, long now, long[] left) {
    int longest = -1;
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      if (longest < 0) {
        left[i] = limit.buckets().take(key, limit.nanos(cost), limit.depth(), now);
        if (left[i] < 0) {
          giveBack(key, cost, now, left, i);
          longest = i;
        }
      } else {
        long room = limit.buckets().look(key, limit.nanos(cost), limit.depth(), now);
        left[i] = room < 0 ? room : room + limit.nanos(cost);
        longest = left[i] < left[longest] ? i : longest;
      }
    }
    return longest;
  }

  private void giveBack(long key, long cost, long now, long[] left, int before) {
    for (int i = 0; i < before; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      limit.buckets().giveBack(key, limit.nanos(cost), now);
      left[i] += limit.nanos(cost);
    }
  }

  private void onCredit(long key, long cost, long now, long[] left) {
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      limit.buckets().charge(key, limit.nanos(cost), Long.MAX_VALUE, now);
      left[i] = Math.max(0, left[i]);
    }
  }

  @Override
  public void mirror(long key, long cost) {
    for (LimitPlan.One limit : plan.limits()) {
      limit.buckets().charge(key, limit.nanos(cost), limit.depth(), loop.nanos());
    }
  }

  @Override
  public void charge(Found.Taking request, long cost) {
    for (LimitPlan.One limit : plan.limits()) {
      limit.buckets().charge(request.key(), limit.nanos(cost), 2 * limit.depth(), loop.nanos());
    }
  }
}
