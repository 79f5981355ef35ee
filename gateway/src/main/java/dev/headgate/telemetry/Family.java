package dev.headgate.telemetry;

import dev.headgate.concurrent.Shared;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All series of one shape, by their labels: for each series the cells that the loops count in.
 *
 * <p>How it is safe: a loop asks once for a series and then keeps its cells, so what is shared here
 * is off the hot path. Series are found in a concurrent map and their parts in copy-on-write lists.
 * A series is never taken out, so what a route has counted survives a reload that drops the route
 * and one that brings it back.
 *
 * <p>The number of series is capped. What comes after the cap is counted in one more series whose
 * labels all read {@code overflow}: totals stay right, and no caller can make memory or scrapes
 * grow without bound.
 */
@Shared
final class Family {
  static final String OVERFLOW = "overflow";

  private final int size;
  private final IntSupplier maxSeries;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger sets = new AtomicInteger();
  private final ConcurrentHashMap<List<String>, Series> series = new ConcurrentHashMap<>();
  private final Series overflow;

  /**
   * @param size how many cells a series has
   * @param labels how many labels a series has
   * @param maxSeries asked each time, as a reload may change it
   */
  Family(int size, int labels, IntSupplier maxSeries) {
    this.size = size;
    this.maxSeries = maxSeries;
    this.overflow = new Series(Collections.nCopies(labels, OVERFLOW));
  }

  /**
   * The series of these labels; null when there are too many, and then {@link #overflow} counts.
   */
  @Nullable Series series(String... labels) {
    List<String> key = List.of(labels);
    Series existing = series.get(key);
    if (existing != null) {
      return existing;
    }
    // Of two loops that ask for the same labels first, one must not be told that there are too many
    // because the other is just taking the last place for them.
    return series.computeIfAbsent(key, wanted -> take(count) ? new Series(wanted) : null);
  }

  Series overflow() {
    return overflow;
  }

  private boolean take(AtomicInteger budget) {
    if (budget.incrementAndGet() <= maxSeries.getAsInt()) {
      return true;
    }
    budget.decrementAndGet();
    return false;
  }

  /** Shows each series with its cells added up over all loops. From any thread. */
  void forEach(Visitor visitor) {
    long[] sums = new long[size];
    for (Series each : series.values()) {
      each.show(visitor, sums);
    }
    overflow.show(visitor, sums);
  }

  /** Takes one series; the sums are only lent. */
  interface Visitor {
    void series(List<String> labels, long[] sums);
  }

  /** One set of labels and the cells of each loop that has counted for it. */
  @Shared
  final class Series {
    private final List<String> labels;
    private final CopyOnWriteArrayList<Cells> parts = new CopyOnWriteArrayList<>();
    private final AtomicInteger admitted = new AtomicInteger();

    private Series(List<String> labels) {
      this.labels = labels;
    }

    /** Cells for one more writer, to be kept by it. */
    Cells newPart() {
      Cells part = new Cells(size);
      parts.add(part);
      return part;
    }

    /**
     * Whether this series may show one more set of labels of its own, such as a route's requests by
     * status; those are capped like series. What was admitted once stays so, for all loops.
     *
     * @param bit which set, one bit of 32
     */
    boolean admit(int bit) {
      if ((admitted.get() & bit) != 0) {
        return true;
      }
      if (!take(sets)) {
        return false;
      }
      if ((admitted.getAndUpdate(bits -> bits | bit) & bit) != 0) {
        sets.decrementAndGet();
      }
      return true;
    }

    private void show(Visitor visitor, long[] sums) {
      Arrays.fill(sums, 0);
      for (Cells part : parts) {
        part.addTo(sums);
      }
      if (this == overflow && Arrays.stream(sums).allMatch(sum -> sum == 0)) {
        return;
      }
      visitor.series(labels, sums);
    }
  }
}
