package dev.headgate.telemetry;

import dev.headgate.concurrent.Shared;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A row of counters that one event loop writes and the scrape reads.
 *
 * <p>How it is safe: a cell has exactly one writer, the loop that asked for it, so adding is a
 * plain read, an addition and a store; no lock prefix, no contended line. The store and the
 * scrape's loads are opaque, which promises what counters need and no more: a 64-bit value is never
 * torn, each cell is seen to move only forward in the order in which it was written, and a store
 * becomes visible in finite time. Nothing is promised between cells: a scrape may see a request in
 * a histogram's bucket and not yet in its sum. The next scrape sees both.
 *
 * <p>An opaque store costs what a plain store costs; an atomic addition costs about 20 cycles more
 * even without contention, and a request touches some fifteen cells.
 */
@Shared
final class Cells {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values;

  Cells(int size) {
    values = new long[size];
  }

  /** Only on the loop that owns these cells. */
  void add(int cell, long amount) {
    CELL.setOpaque(values, cell, values[cell] + amount);
  }

  /** Adds what is here to the sums; from any thread. */
  void addTo(long[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i] += (long) CELL.getOpaque(values, i);
    }
  }
}
