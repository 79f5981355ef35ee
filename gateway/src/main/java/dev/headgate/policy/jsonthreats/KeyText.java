package dev.headgate.policy.jsonthreats;

import dev.headgate.concurrent.LoopConfined;
import java.util.Arrays;

/**
 * The bytes of a key that came in parts or has escapes. Its length is bounded before it gets here.
 */
@LoopConfined
final class KeyText {
  private static final int REPLACEMENT = 0xFFFD;

  private byte[] bytes = new byte[64];
  private int length;

  void clear() {
    length = 0;
  }

  boolean isEmpty() {
    return length == 0;
  }

  void add(byte[] from, int start, int end) {
    int count = end - start;
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
    }
    System.arraycopy(from, start, bytes, length, count);
    length += count;
  }

  int kept() {
    return bytes.length;
  }

  /** What stands for what is there as it is. */
  long id(HashKey key) {
    return key.id(bytes, 0, length);
  }

  /**
   * Resolves the escapes, which are known to be well-formed. Half of a surrogate pair becomes a
   * replacement character, as most readers make one of it, so that two of these are the same key.
   */
  void unescape() {
    int to = 0;
    int at = 0;
    while (at < length) {
      if (bytes[at] != '\\') {
        bytes[to++] = bytes[at++];
        continue;
      }
      if (bytes[at + 1] != 'u') {
        bytes[to++] = simple(bytes[at + 1]);
        at += 2;
        continue;
      }
      int point = unit(at);
      at += 6;
      if (Character.isHighSurrogate((char) point)
          && at < length
          && bytes[at] == '\\'
          && bytes[at + 1] == 'u'
          && Character.isLowSurrogate((char) unit(at))) {
        point = Character.toCodePoint((char) point, (char) unit(at));
        at += 6;
      } else if (Character.isSurrogate((char) point)) {
        point = REPLACEMENT;
      }
      to = put(point, to);
    }
    length = to;
  }

  private static byte simple(byte escape) {
    return switch (escape) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escape;
    };
  }

  private int unit(int at) {
    int unit = 0;
    for (int i = 2; i < 6; i++) {
      unit = (unit << 4) | Character.digit(bytes[at + i], 16);
    }
    return unit;
  }

  /** Writes UTF-8; never more than the escape was. */
  private int put(int point, int at) {
    int to = at;
    if (point < 0x80) {
      bytes[to++] = (byte) point;
    } else if (point < 0x800) {
      bytes[to++] = (byte) (0xC0 | (point >> 6));
      bytes[to++] = (byte) (0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      bytes[to++] = (byte) (0xE0 | (point >> 12));
      bytes[to++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      bytes[to++] = (byte) (0x80 | (point & 0x3F));
    } else {
      bytes[to++] = (byte) (0xF0 | (point >> 18));
      bytes[to++] = (byte) (0x80 | ((point >> 12) & 0x3F));
      bytes[to++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      bytes[to++] = (byte) (0x80 | (point & 0x3F));
    }
    return to;
  }
}
