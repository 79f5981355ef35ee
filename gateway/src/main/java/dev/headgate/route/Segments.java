package dev.headgate.route;

/**
 * Segments of a canonical path, read where they lie.
 *
 * <p>A literal of a route is compared with what an origin would look up: with the segment's bytes
 * after percent-decoding, without path parameters. Otherwise {@code /v1/books%3Adelete} or {@code
 * /admin;x/users} would slip past the route that was written for them and reach the same resource
 * by a less strict one. What is forwarded keeps its spelling.
 */
final class Segments {
  private static final long SPELLED = Long.MIN_VALUE;

  private Segments() {}

  /**
   * Finds the end of a segment and hashes it in one go.
   *
   * @param from the first character after the slash
   * @return for {@link #end(long)}, {@link #hash} and {@link #isPlain}
   */
  static long scan(String path, int from) {
    int length = path.length();
    int hash = 0;
    long spelled = 0;
    int i = from;
    for (; i < length; i++) {
      char c = path.charAt(i);
      if (c == '/') {
        break;
      }
      if (c == ';') {
        i = endOf(path, i);
        spelled = SPELLED;
        break;
      }
      if (c == '%') {
        c = octet(path, i);
        i += 2;
        spelled = SPELLED;
      }
      hash = 31 * hash + c;
    }
    return spelled | (long) i << 32 | (hash & 0xffff_ffffL);
  }

  /** The index after the segment. */
  static int end(long scan) {
    return (int) (scan >>> 32) & Integer.MAX_VALUE;
  }

  /** The hash that {@link String#hashCode} gives for the segment's {@link #key}. */
  static int hash(long scan) {
    return (int) scan;
  }

  /** Whether the segment is its own {@link #key}. */
  static boolean isPlain(long scan) {
    return scan >= 0;
  }

  /** Whether the segment at that index, with that scan, is that literal. */
  static boolean matches(String path, int from, long scan, String key) {
    int end = end(scan);
    if (isPlain(scan)) {
      return key.length() == end - from && path.startsWith(key, from);
    }
    int at = 0;
    int i = from;
    for (; i < end && path.charAt(i) != ';'; i++, at++) {
      char c = path.charAt(i);
      if (c == '%') {
        c = octet(path, i);
        i += 2;
      }
      if (at == key.length() || key.charAt(at) != c) {
        return false;
      }
    }
    return at == key.length();
  }

  /** What a literal in canonical form is compared as: its bytes, one character each. */
  static String key(String literal) {
    StringBuilder key = new StringBuilder(literal.length());
    for (int i = 0; i < literal.length(); i++) {
      char c = literal.charAt(i);
      if (c == '%') {
        c = octet(literal, i);
        i += 2;
      }
      key.append(c);
    }
    return key.toString();
  }

  /** The index after the segment that this index lies in. */
  static int endOf(String path, int from) {
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  /** The index of the slash before the segment of that number, or the path's length. */
  static int slash(String path, int segment) {
    int slash = 0;
    for (int i = 0; i < segment && slash < path.length(); i++) {
      slash = endOf(path, slash + 1);
    }
    return slash;
  }

  /** The segment of that number as it stands there; empty beyond the last. */
  static String at(String path, int segment) {
    int slash = slash(path, segment);
    return slash == path.length() ? "" : path.substring(slash + 1, endOf(path, slash + 1));
  }

  private static char octet(String path, int percent) {
    return (char) (digit(path.charAt(percent + 1)) << 4 | digit(path.charAt(percent + 2)));
  }

  private static int digit(char c) {
    // Canonical triplets have upper-case digits.
    return c <= '9' ? c - '0' : c - 'A' + 10;
  }
}
