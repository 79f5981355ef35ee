package dev.headgate.policy.jsonthreats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at the bytes of strings, eight at a time where it can: a byte that is a quote, a backslash,
 * a control or no ASCII leaves a bit in its place of a long, and below the lowest such bit there is
 * nothing of the kind.
 */
final class StringScan {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private StringScan() {}

  /** Where the first byte is that is no plain ASCII of a string; {@code to} if there is none. */
  static int plain(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at >= Long.BYTES) {
      long word = (long) LONG.get(bytes, at);
      long quote = word ^ (ONES * '"');
      long backslash = word ^ (ONES * '\\');
      long found =
          (word
                  | ((quote - ONES) & ~quote)
                  | ((backslash - ONES) & ~backslash)
                  | ((word - ONES * ' ') & ~word))
              & HIGHS;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
      at += Long.BYTES;
    }
    while (at < to) {
      byte one = bytes[at];
      if (one < ' ' || one == '"' || one == '\\') {
        return at;
      }
      at++;
    }
    return to;
  }
}
