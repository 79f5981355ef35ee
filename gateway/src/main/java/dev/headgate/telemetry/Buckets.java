package dev.headgate.telemetry;

/**
 * The upper bounds of a histogram's buckets, and a quick way from a value to its bucket. Immutable.
 *
 * <p>The bounds are round numbers that people write into objectives (5 ms, 500 ms) and not powers
 * of two. So that finding a bucket does not cost a search, a table with one entry for each bit
 * length of a value says at which bucket to begin; from there it is at most two comparisons, as no
 * three bounds lie within one power of two.
 */
final class Buckets {
  /** From 100 µs to a minute, in microseconds. */
  static final Buckets DURATION =
      new Buckets(
          1e6,
          100,
          250,
          500,
          1_000,
          2_500,
          5_000,
          10_000,
          25_000,
          50_000,
          100_000,
          250_000,
          500_000,
          1_000_000,
          2_500_000,
          5_000_000,
          10_000_000,
          30_000_000,
          60_000_000);

  /** From 10 µs to a second, in microseconds: what the gateway itself takes. */
  static final Buckets OWN_DURATION =
      new Buckets(
          1e6, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000);

  /** From 1 KiB to 1 GiB, in bytes. */
  static final Buckets SIZE =
      new Buckets(1, 1L << 10, 1L << 14, 1L << 18, 1L << 22, 1L << 26, 1L << 30);

  private final long[] bounds;
  private final double perUnit;
  private final byte[] firstForBitLength = new byte[65];

  /**
   * @param perUnit what a value is divided by to come to the unit that metrics use
   */
  private Buckets(double perUnit, long... bounds) {
    this.perUnit = perUnit;
    this.bounds = bounds;
    for (int bits = 0; bits <= 64; bits++) {
      long smallest = bits == 0 ? 0 : bits == 64 ? Long.MIN_VALUE : 1L << (bits - 1);
      int first = 0;
      // A negative number has bit length 64: it counts as nothing, in the first bucket.
      while (bits < 64 && first < bounds.length && bounds[first] < smallest) {
        first++;
      }
      firstForBitLength[bits] = (byte) first;
    }
  }

  /** How many buckets there are, the one without an upper bound included. */
  int count() {
    return bounds.length + 1;
  }

  /** The bucket of a value: the first whose bound is not below it. */
  int indexOf(long value) {
    int index = firstForBitLength[64 - Long.numberOfLeadingZeros(value)];
    while (index < bounds.length && value > bounds[index]) {
      index++;
    }
    return index;
  }

  /** The bounds in the unit that metrics use, seconds or bytes; the last is infinite. */
  double[] bounds() {
    double[] inUnit = new double[bounds.length + 1];
    for (int i = 0; i < bounds.length; i++) {
      inUnit[i] = inUnit(bounds[i]);
    }
    inUnit[bounds.length] = Double.POSITIVE_INFINITY;
    return inUnit;
  }

  /** Divides, as 250 / 1e6 is printed as 0.00025 and 250 * 1e-6 is not. */
  double inUnit(long value) {
    return value / perUnit;
  }
}
