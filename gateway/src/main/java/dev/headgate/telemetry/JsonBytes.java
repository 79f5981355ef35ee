package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;

/**
 * Writes pieces of JSON into a byte array, as UTF-8. The array must be large enough: {@link #WORST}
 * bytes for each character of text.
 *
 * <p>Text comes from callers, so that this class is what stands between them and a forged log line:
 * quotes, backslashes, every control character (DEL and the C1 range too, which terminals obey) and
 * the Unicode line separators are escaped, and a surrogate without its other half becomes U+FFFD. A
 * line can't end early and is always valid UTF-8.
 */
@LoopConfined
final class JsonBytes {
  /** The most bytes that one character takes: {@code \}{@code u0000}. */
  static final int WORST = 6;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /** Visible ASCII and space, but for the quote and the backslash. */
  private static final boolean[] PLAIN = new boolean[256];

  static {
    for (int c = 0x20; c < 0x7f; c++) {
      PLAIN[c] = c != '"' && c != '\\';
    }
  }

  private byte[] bytes;
  private int position;

  JsonBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Goes on in that array, from there. */
  void into(byte[] array, int from) {
    bytes = array;
    position = from;
  }

  int position() {
    return position;
  }

  byte[] array() {
    return bytes;
  }

  void raw(byte[] source) {
    System.arraycopy(source, 0, bytes, position, source.length);
    position += source.length;
  }

  void raw(int b) {
    bytes[position++] = (byte) b;
  }

  /**
   * Writes the characters of a string, without the quotes around them, up to a bound; an ellipsis
   * shows a cut.
   */
  void text(String s, int max) {
    int length = Math.min(s.length(), max);
    text(s, 0, length);
    if (length < s.length()) {
      ellipsis();
    }
  }

  /** Shows that a text was cut. */
  void ellipsis() {
    unicode('\u2026');
  }

  /** Writes the characters from there to there. */
  void text(String s, int from, int to) {
    byte[] out = bytes;
    int at = position;
    int i = from;
    for (; i < to; i++) {
      char c = s.charAt(i);
      if (c > 0xff || !PLAIN[c]) {
        break;
      }
      out[at++] = (byte) c;
    }
    position = at;
    if (i < to) {
      special(s, i, to);
    }
  }

  /** Writes bytes that are Latin-1 text. */
  void latin1(byte[] text, int length) {
    byte[] out = bytes;
    int at = position;
    for (int i = 0; i < length; i++) {
      byte b = text[i];
      if (PLAIN[b & 0xff]) {
        out[at++] = b;
      } else {
        position = at;
        escape((char) (b & 0xff));
        at = position;
      }
    }
    position = at;
  }

  private void special(String s, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = s.charAt(i);
      if (c <= 0xff && PLAIN[c]) {
        bytes[position++] = (byte) c;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < to
          && Character.isLowSurrogate(s.charAt(i + 1))) {
        supplementary(Character.toCodePoint(c, s.charAt(++i)));
      } else {
        escape(c);
      }
    }
  }

  /** Writes a character that is not plain. */
  private void escape(char c) {
    if (c == '"' || c == '\\') {
      raw('\\');
      raw(c);
    } else if (c < 0xa0 || c == '\u2028' || c == '\u2029') {
      raw('\\');
      raw('u');
      raw(HEX[c >> 12]);
      raw(HEX[(c >> 8) & 15]);
      raw(HEX[(c >> 4) & 15]);
      raw(HEX[c & 15]);
    } else {
      unicode(Character.isSurrogate(c) ? '\ufffd' : c);
    }
  }

  private void unicode(char c) {
    if (c < 0x800) {
      raw(0xc0 | (c >> 6));
    } else {
      raw(0xe0 | (c >> 12));
      raw(0x80 | ((c >> 6) & 0x3f));
    }
    raw(0x80 | (c & 0x3f));
  }

  private void supplementary(int codePoint) {
    raw(0xf0 | (codePoint >> 18));
    raw(0x80 | ((codePoint >> 12) & 0x3f));
    raw(0x80 | ((codePoint >> 6) & 0x3f));
    raw(0x80 | (codePoint & 0x3f));
  }

  /** Writes a number that is not negative. */
  void number(long value) {
    if (value < 10) {
      raw('0' + (int) value);
      return;
    }
    int digits = 1;
    for (long v = value; v >= 10; v /= 10) {
      digits++;
    }
    digits(value, digits);
  }

  /** Writes the last so many digits of a number, with zeros before them. */
  void digits(long value, int count) {
    long v = value;
    for (int i = position + count - 1; i >= position; i--) {
      bytes[i] = (byte) ('0' + v % 10);
      v /= 10;
    }
    position += count;
  }

  /** Writes microseconds as milliseconds with three decimals. */
  void millis(long micros) {
    number(micros / 1000);
    raw('.');
    digits(micros % 1000, 3);
  }
}
