package dev.headgate.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads single parameters out of a raw query, when a route asks for one. */
final class Query {
  private Query() {}

  /**
   * The value of the first parameter of that name, decoded; empty where it has no {@code =}.
   *
   * @param query as it came, without the question mark
   * @return null if there is none
   */
  static @Nullable String first(String query, String name) {
    for (int from = 0; from <= query.length(); ) {
      int ampersand = query.indexOf('&', from);
      int end = ampersand < 0 ? query.length() : ampersand;
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (end > from && decoded(query, from, nameEnd).equals(name)) {
        return nameEnd == end ? "" : decoded(query, nameEnd + 1, end);
      }
      from = end + 1;
    }
    return null;
  }

  /** Percent-encoding and plus as forms have it; what is malformed stays as it is. */
  private static String decoded(String query, int from, int to) {
    int i = from;
    while (i < to && query.charAt(i) != '%' && query.charAt(i) != '+' && query.charAt(i) < 128) {
      i++;
    }
    if (i == to) {
      return query.substring(from, to);
    }
    byte[] bytes = new byte[to - from];
    int count = 0;
    for (i = from; i < to; i++) {
      char c = query.charAt(i);
      int octet = c == '%' && i + 2 < to ? octet(query, i) : -1;
      if (octet >= 0) {
        i += 2;
        bytes[count++] = (byte) octet;
      } else {
        bytes[count++] = c == '+' ? (byte) ' ' : (byte) c;
      }
    }
    return new String(bytes, 0, count, StandardCharsets.UTF_8);
  }

  private static int octet(String query, int percent) {
    int high = Character.digit(query.charAt(percent + 1), 16);
    int low = Character.digit(query.charAt(percent + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
