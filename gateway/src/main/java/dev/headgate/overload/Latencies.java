package dev.headgate.overload;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long the requests of a short time took, by size: sixteen steps for each doubling, so that a
 * median is off by a few percent at most.
 *
 * <p>How it is safe: a counter for each step. What is added while the counters are read or cleared
 * may be seen by either side or lost, which a median does not mind.
 */
@Shared
final class Latencies {
  private static final int STEPS = 16;
  private static final int STEP_BITS = 4;

  /** From 1 µs to over an hour. */
  private static final int DOUBLINGS = 32;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(DOUBLINGS * STEPS);

  void add(long nanos) {
    counts.incrementAndGet(step(nanos));
  }

  /** By the highest bit and the four bits below it. */
  private static int step(long nanos) {
    long units = Math.max(STEPS, nanos >> 6);
    int doubling = Long.SIZE - 1 - Long.numberOfLeadingZeros(units) - STEP_BITS;
    int within = (int) (units >> doubling) - STEPS;
    return Math.min(counts(doubling, within), DOUBLINGS * STEPS - 1);
  }

  private static int counts(int doubling, int within) {
    return doubling * STEPS + within;
  }

  /** The middle of a step, in nanoseconds. */
  private static long middle(int step) {
    int doubling = step / STEPS;
    long low = (long) (STEPS + step % STEPS) << doubling;
    return (low << 6) + (1L << (doubling + 5));
  }

  int count() {
    int sum = 0;
    for (int i = 0; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  /** The median; to be asked for only if something was added. */
  long median() {
    int half = (count() + 1) / 2;
    int seen = 0;
    for (int i = 0; i < counts.length(); i++) {
      seen += counts.get(i);
      if (seen >= half) {
        return middle(i);
      }
    }
    return middle(counts.length() - 1);
  }

  void clear() {
    for (int i = 0; i < counts.length(); i++) {
      counts.set(i, 0);
    }
  }
}
