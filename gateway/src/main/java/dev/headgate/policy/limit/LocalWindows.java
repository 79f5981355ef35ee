package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.keyed.RequestKey;
import java.util.List;

/** Windows of time in which this node counts alone. Nobody waits for a turn in them. */
@LoopConfined
final class LocalWindows implements LocalCounts {
  private final List<LimitPlan.One> limits;
  private final Windows[] windows;
  private final Loop loop;
  private final RequestKey keys;

  LocalWindows(LimitPlan plan, Loop loop) {
    this.limits = plan.limits();
    this.windows = limits.stream().map(LimitPlan.One::windows).toArray(Windows[]::new);
    this.loop = loop;
    this.keys = new RequestKey(plan.per(), plan.seed());
    for (Windows one : windows) {
      one.align(loop.wallMillis(), loop.nanos());
    }
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
    long[] left = new long[windows.length];
    int fullest = takeAll(key, cost, now, left);
    return fullest < 0
        ? Found.Taking.enough(key, sharedKey, left)
        : new Found.Taking(key, sharedKey, left, fullest, -left[fullest], false);
  }

  /**
   * Counts in all windows, or in none.
   *
   * @param left gets what {@link Windows#take} says of each, or what there would be without this
   *     request if it is refused
   * @return the rate that has longest to wait for; -1 if there was room in all
   */
  private int takeAll(long key, long cost, long now, long[] left) {
    int longest = -1;
    for (int i = 0; i < windows.length; i++) {
      long limit = limits.get(i).burst();
      if (longest < 0) {
        left[i] = windows[i].take(key, cost, limit, now);
        if (left[i] < 0) {
          longest = i;
          for (int before = 0; before < i; before++) {
            windows[before].giveBack(key, cost, now);
            left[before] += cost;
          }
        }
      } else {
        long room = windows[i].look(key, cost, limit, now);
        left[i] = room < 0 ? room : room + cost;
        longest = left[i] < left[longest] ? i : longest;
      }
    }
    return longest;
  }

  @Override
  public void mirror(long key, long cost) {
    for (int i = 0; i < windows.length; i++) {
      windows[i].charge(key, cost, limits.get(i).burst(), loop.nanos());
    }
  }

  @Override
  public void charge(Found.Taking request, long cost) {
    for (int i = 0; i < windows.length; i++) {
      windows[i].charge(request.key(), cost, 2 * limits.get(i).burst(), loop.nanos());
    }
  }
}
