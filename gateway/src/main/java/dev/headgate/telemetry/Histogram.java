package dev.headgate.telemetry;

/**
 * Where a histogram lies within a row of cells: one cell for each bucket, then the sum.
 *
 * @param offset the first bucket's cell
 */
record Histogram(int offset, Buckets buckets) {
  /** The first cell after the histogram. */
  int end() {
    return offset + buckets.count() + 1;
  }

  void record(Cells cells, long value) {
    cells.add(offset + buckets.indexOf(value), 1);
    cells.add(offset + buckets.count(), value);
  }

  /** How often each bucket was hit. */
  long[] counts(long[] sums) {
    long[] counts = new long[buckets.count()];
    System.arraycopy(sums, offset, counts, 0, counts.length);
    return counts;
  }

  double sum(long[] sums) {
    return buckets.inUnit(sums[offset + buckets.count()]);
  }
}
