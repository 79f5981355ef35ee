package dev.headgate.config;

/**
 * A number of bytes, written with its unit: {@code 512B}, {@code 32KiB}, {@code 10MiB}, {@code
 * 10GiB}, or decimal {@code KB}, {@code MB}, {@code GB}.
 *
 * @param bytes 0 or more
 */
public record Size(long bytes) {
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
}
