package dev.headgate.http;

/** The character classes of RFC 9110 section 5.6 and RFC 3986, as tables. */
public final class Tokens {
  /**
   * For each byte that may stand in a token (RFC 9110 section 5.6.2): its lower-case form; else 0.
   */
  private static final byte[] TOKEN_LOWER = new byte[256];

  /**
   * Bytes that may stand in a field value: visible characters, space, tab, obs-text (RFC 9110
   * section 5.5).
   */
  private static final boolean[] FIELD_VALUE = new boolean[256];

  /** Bytes that may stand in a request target: visible ASCII but for the fragment sign. */
  private static final boolean[] TARGET = new boolean[256];

  static {
    String special = "!#$%&'*+-.^_`|~";
    for (int c = 0; c < 256; c++) {
      boolean upper = c >= 'A' && c <= 'Z';
      boolean alphanumeric = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (alphanumeric || special.indexOf(c) >= 0) {
        TOKEN_LOWER[c] = (byte) (upper ? c + 32 : c);
      }
      FIELD_VALUE[c] = c == '\t' || (c >= 0x20 && c != 0x7f);
      TARGET[c] = c > 0x20 && c < 0x7f && c != '#';
    }
  }

  private Tokens() {}

  /** The lower-case form of a token byte, or 0 if the byte may not stand in a token. */
  static int tokenLower(byte b) {
    return TOKEN_LOWER[b & 0xff];
  }

  static boolean isFieldValue(byte b) {
    return FIELD_VALUE[b & 0xff];
  }

  static boolean isTarget(byte b) {
    return TARGET[b & 0xff];
  }

  static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }

  /** Whether the string is a token: not empty, and only of token characters. */
  public static boolean isToken(CharSequence s) {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c > 0x7f || TOKEN_LOWER[c] == 0) {
        return false;
      }
    }
    return !s.isEmpty();
  }

  static boolean equalsIgnoreCase(byte[] a, int aFrom, byte[] b, int bFrom, int length) {
    for (int i = 0; i < length; i++) {
      byte x = a[aFrom + i];
      byte y = b[bFrom + i];
      if (x != y && lower(x) != lower(y)) {
        return false;
      }
    }
    return true;
  }
}
