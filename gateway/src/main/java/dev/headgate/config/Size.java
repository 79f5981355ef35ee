package dev.headgate.config;

/**
 * A number of bytes, written with its unit: {@code 512B}, {@code 32KiB}, {@code 10MiB}, {@code
 * 10GiB}, {@code 1TiB}, or decimal {@code KB}, {@code MB}, {@code GB}, {@code TB}.
 *
 * @param bytes 0 or more
 */
public record Size(long bytes) implements Comparable<Size> {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] DECIMAL = {"B", "KB", "MB", "GB", "TB"};

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative");
    }
  }

  public static Size kibibytes(long n) {
    return new Size(n << 10);
  }

  public static Size mebibytes(long n) {
    return new Size(n << 20);
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Size parse(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    String unit = text.substring(end);
    if (end == 0 || end > 15) {
      throw new IllegalArgumentException("write a whole number and its unit, as in '10MiB'");
    }
    return new Size(times(Long.parseLong(text.substring(0, end)), factor(unit)));
  }

  private static long factor(String unit) {
    for (int i = 0; i < BINARY.length; i++) {
      if (BINARY[i].equals(unit)) {
        return 1L << (10 * i);
      }
      if (DECIMAL[i].equals(unit)) {
        return (long) Math.pow(1000, i);
      }
    }
    throw new IllegalArgumentException(
        unit.isEmpty()
            ? "add the unit, as in '512B' or '10MiB'"
            : "the units are B, KiB, MiB, GiB, TiB and KB, MB, GB, TB");
  }

  private static long times(long number, long factor) {
    try {
      return Math.multiplyExact(number, factor);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("that is more than can be counted", e);
    }
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  /** As a user would write it, in the largest binary unit that needs no fraction. */
  @Override
  public String toString() {
    int unit = 0;
    long number = bytes;
    while (number != 0 && number % 1024 == 0 && unit < BINARY.length - 1) {
      number /= 1024;
      unit++;
    }
    return number + BINARY[unit];
  }
}
