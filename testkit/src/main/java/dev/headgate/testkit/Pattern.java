package dev.headgate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Bytes that follow from their position, so that both ends of a huge transfer can make and check
 * them without holding any.
 *
 * <pre>{@code
 * Pattern.writeTo(client.output(), 10L << 30);
 * long received = Pattern.check(exchange.body());
 * }</pre>
 */
public final class Pattern {
  /** A prime, so that the pattern never falls in step with a power of two. */
  private static final int PERIOD = 65_521;

  private static final byte[] ONCE = once();

  private Pattern() {}

  private static byte[] once() {
    byte[] bytes = new byte[PERIOD];
    new SplittableRandom(1).nextBytes(bytes);
    return bytes;
  }

  static void fill(byte[] block, int count, long position) {
    for (int at = 0; at < count; ) {
      int from = (int) ((position + at) % PERIOD);
      int run = Math.min(count - at, PERIOD - from);
      System.arraycopy(ONCE, from, block, at, run);
      at += run;
    }
  }

  private static void check(byte[] block, int count, long position) {
    for (int at = 0; at < count; ) {
      int from = (int) ((position + at) % PERIOD);
      int run = Math.min(count - at, PERIOD - from);
      int bad = Arrays.mismatch(block, at, at + run, ONCE, from, from + run);
      if (bad >= 0) {
        throw new AssertionError("Byte " + (position + at + bad) + " is not the one that was sent");
      }
      at += run;
    }
  }

  /** The first {@code count} bytes of the pattern. */
  public static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    fill(bytes, count, 0);
    return bytes;
  }

  public static void writeTo(OutputStream output, long count) throws IOException {
    byte[] block = new byte[PERIOD];
    for (long at = 0; at < count; ) {
      int size = (int) Math.min(PERIOD, count - at);
      fill(block, size, at);
      output.write(block, 0, size);
      at += size;
    }
    output.flush();
  }

  /** Reads to the end, fails at the first byte that is not the pattern's, returns the length. */
  public static long check(InputStream input) throws IOException {
    byte[] block = new byte[PERIOD];
    long at = 0;
    for (int count = input.read(block); count >= 0; count = input.read(block)) {
      check(block, count, at);
      at += count;
    }
    return at;
  }
}
