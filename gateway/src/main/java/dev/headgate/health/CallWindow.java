package dev.headgate.health;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What came of the requests of the last stretch of time.
 *
 * <p>The time is cut into tenths of the window, and each has counters of its own, in a ring. Who
 * comes first in a tenth puts new counters in the place of those from a window ago. So the window
 * slides by tenths, and a request costs two or three atomic additions.
 *
 * <p>How it is safe: counters are put in place by compare-and-set. Who still holds those that were
 * taken out counts into nothing: a request at the very edge is lost.
 */
@Shared
final class CallWindow {
  private static final int PARTS = 10;

  private final long partNanos;
  private final AtomicReferenceArray<Part> parts = new AtomicReferenceArray<>(PARTS);

  private static final class Part {
    private final long number;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger slow = new AtomicInteger();

    Part(long number) {
      this.number = number;
    }
  }

  /** Counts over the window. */
  record Sums(long calls, long failed, long slow) {}

  CallWindow(long nanos) {
    this.partNanos = Math.max(1, nanos / PARTS);
    clear();
  }

  void add(boolean failed, boolean slow, long now) {
    Part part = part(Math.floorDiv(now, partNanos));
    part.calls.incrementAndGet();
    if (failed) {
      part.failed.incrementAndGet();
    }
    if (slow) {
      part.slow.incrementAndGet();
    }
  }

  private Part part(long number) {
    int place = (int) Math.floorMod(number, PARTS);
    while (true) {
      Part there = parts.get(place);
      // Another loop's clock may be a moment ahead.
      if (there.number >= number) {
        return there;
      }
      Part fresh = new Part(number);
      if (parts.compareAndSet(place, there, fresh)) {
        return fresh;
      }
    }
  }

  Sums sums(long now) {
    long current = Math.floorDiv(now, partNanos);
    long calls = 0;
    long failed = 0;
    long slow = 0;
    for (int i = 0; i < PARTS; i++) {
      Part part = parts.get(i);
      if (part.number > current - PARTS) {
        calls += part.calls.get();
        failed += part.failed.get();
        slow += part.slow.get();
      }
    }
    return new Sums(calls, failed, slow);
  }

  void clear() {
    for (int i = 0; i < PARTS; i++) {
      parts.set(i, new Part(Long.MIN_VALUE));
    }
  }
}
