package dev.headgate.overload;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Upstream;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bound that {@link Gradient} finds, fed by all loops.
 *
 * <p>How it is safe: loops add what they measure to counters. Whoever comes first after the end of
 * a window closes it, alone, behind a flag; the algorithm's own state is touched by nobody else and
 * passes from one to the next by that flag. The bound is one volatile number.
 */
@Shared
final class AdaptiveLimit {
  private static final long SHORTEST_WINDOW = TimeUnit.MILLISECONDS.toNanos(100);

  /** A median of fewer is too far from the next one. */
  private static final int FEWEST = 50;

  private final Gradient gradient;
  private final Latencies latencies = new Latencies();
  private final AtomicInteger added = new AtomicInteger();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile int limit;
  private volatile long windowEnds;
  private volatile int peak;

  AdaptiveLimit(Upstream.AdaptiveConcurrency rules) {
    this.gradient =
        new Gradient(
            new Gradient.Rules(
                rules.min(),
                rules.max(),
                rules.tolerance().fraction(),
                rules.measureEvery().toNanos()),
            ThreadLocalRandom.current()::nextDouble);
    this.limit = gradient.limit();
  }

  int limit() {
    return limit;
  }

  /**
   * A request was answered.
   *
   * @param underWay how many requests there were then
   * @return whether the bound has grown
   */
  boolean answered(long nanos, int underWay, long now) {
    latencies.add(nanos);
    if (underWay > peak) {
      peak = underWay;
    }
    int count = added.incrementAndGet();
    if (windowEnds == 0) {
      windowEnds = now + SHORTEST_WINDOW;
    }
    return count >= FEWEST && now - windowEnds >= 0 && close(now);
  }

  private boolean close(long now) {
    if (!closing.compareAndSet(false, true)) {
      return false;
    }
    try {
      int count = latencies.count();
      if (count == 0 || now - windowEnds < 0) {
        return false; // Somebody else has closed it just now.
      }
      long median = latencies.median();
      int before = limit;
      int after = gradient.window(median, peak, now);
      latencies.clear();
      added.set(0);
      peak = 0;
      limit = after;
      // What a change does shows only after the requests that were under way.
      windowEnds = now + Math.max(SHORTEST_WINDOW, 2 * median);
      return after > before;
    } finally {
      closing.set(false);
    }
  }
}
