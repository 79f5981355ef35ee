package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import java.util.Arrays;

/**
 * A growing byte array into which message heads are written before they go to a socket buffer in
 * one copy; one for each loop, used and emptied within one call.
 */
@LoopConfined
public final class ByteSink {
  private byte[] bytes = new byte[4096];
  private int length;

  public ByteSink clear() {
    length = 0;
    return this;
  }

  public byte[] array() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public ByteSink put(int b) {
    reserve(1);
    bytes[length++] = (byte) b;
    return this;
  }

  public ByteSink put(byte[] source) {
    return put(source, 0, source.length);
  }

  public ByteSink put(byte[] source, int from, int count) {
    reserve(count);
    System.arraycopy(source, from, bytes, length, count);
    length += count;
    return this;
  }

  /** Writes the low byte of each character. */
  @SuppressWarnings("deprecation") // The only copy from a Latin-1 string that allocates nothing.
  public ByteSink put(String latin1) {
    int count = latin1.length();
    reserve(count);
    latin1.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  public ByteSink putDecimal(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
    int digits = 1;
    for (long v = value; v >= 10; v /= 10) {
      digits++;
    }
    reserve(digits);
    long v = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + v % 10);
      v /= 10;
    }
    length += digits;
    return this;
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
