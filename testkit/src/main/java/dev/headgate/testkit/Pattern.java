package dev.headgate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

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
  private static final int BLOCK = 64 * 1024;

  private Pattern() {}

  static byte at(long position) {
    return (byte) (position * 31 + (position >>> 8) * 17 + (position >>> 16));
  }

  static void fill(byte[] block, int count, long position) {
    for (int i = 0; i < count; i++) {
      block[i] = at(position + i);
    }
  }

  /** The first {@code count} bytes of the pattern. */
  public static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    fill(bytes, count, 0);
    return bytes;
  }

  public static void writeTo(OutputStream output, long count) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long at = 0; at < count; ) {
      int size = (int) Math.min(BLOCK, count - at);
      fill(block, size, at);
      output.write(block, 0, size);
      at += size;
    }
    output.flush();
  }

  /** Reads to the end, fails at the first byte that is not the pattern's, returns the length. */
  public static long check(InputStream input) throws IOException {
    byte[] block = new byte[BLOCK];
    long at = 0;
    for (int count = input.read(block); count >= 0; count = input.read(block)) {
      for (int i = 0; i < count; i++) {
        if (block[i] != at(at + i)) {
          throw new AssertionError("Byte " + (at + i) + " is not the one that was sent");
        }
      }
      at += count;
    }
    return at;
  }
}
