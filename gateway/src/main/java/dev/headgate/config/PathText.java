package dev.headgate.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Turns the fixed text of a path as a user writes it into the canonical form that requests have:
 * what a path cannot hold is percent-encoded as UTF-8, what needs no encoding is not encoded.
 */
final class PathText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PathText() {}

  /**
   * @param written a segment or a part of one, without slashes
   * @throws IllegalArgumentException with a hint, if no request could ever have it
   */
  static String canonicalSegment(String written) {
    String text = canonical(written);
    if (text.equals(".") || text.equals("..")) {
      throw new IllegalArgumentException("'.' and '..' never match: they are resolved beforehand");
    }
    return text;
  }

  /** As {@link #canonicalSegment}, for a part that may be dots. */
  static String canonical(String written) {
    byte[] bytes = decoded(written);
    StringBuilder canonical = new StringBuilder(bytes.length);
    byte[] spelled = written.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    for (byte b : bytes) {
      boolean wasEncoded = spelled[at] == '%';
      at += wasEncoded ? 3 : 1;
      if (isUnreserved(b) || (!wasEncoded && isPathCharacter(b))) {
        canonical.append((char) b);
      } else {
        canonical.append('%').append(HEX.toHexDigits(b));
      }
    }
    return canonical.toString();
  }

  private static byte[] decoded(String written) {
    byte[] spelled = written.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[spelled.length];
    int count = 0;
    for (int i = 0; i < spelled.length; i++) {
      int b = spelled[i];
      if (b == '%') {
        int high = i + 2 < spelled.length ? Character.digit(spelled[i + 1], 16) : -1;
        int low = i + 2 < spelled.length ? Character.digit(spelled[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw new IllegalArgumentException(
              "'%' is followed by two hexadecimal digits; '%25' is a percent sign");
        }
        b = high << 4 | low;
        i += 2;
      } else {
        refuseDelimiters((char) (b & 0xff));
      }
      if ((b >= 0 && b < ' ') || b == 0x7f) {
        throw new IllegalArgumentException("a path has no control characters");
      }
      bytes[count++] = (byte) b;
    }
    byte[] result = Arrays.copyOf(bytes, count);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(result));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the percent-encoded bytes are not UTF-8", e);
    }
    return result;
  }

  private static void refuseDelimiters(char c) {
    switch (c) {
      case '?' ->
          throw new IllegalArgumentException("a path has no '?': match parameters with 'query'");
      case '#' -> throw new IllegalArgumentException("a request's path has no '#'");
      case '\\' -> throw new IllegalArgumentException("a path has no '\\': use '/'");
      case ';' ->
          throw new IllegalArgumentException(
              "path parameters, from ';' on, take no part in matching; '%3B' is a semicolon");
      default -> {}
    }
  }

  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }

  /** RFC 3986 section 3.3, pchar without percent-encoding. */
  private static boolean isPathCharacter(byte b) {
    return isUnreserved(b) || (b > 0 && "!$&'()*+,;=:@".indexOf(b) >= 0);
  }
}
