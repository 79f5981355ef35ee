package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads parameters out of a raw query, when somebody asks for them. */
public final class Query {
  private static final int MOST = 256;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private Query() {}

  /**
   * All parameters by name, decoded. Of several of one name the first counts; further ones than
   * {@value #MOST} names do not.
   *
   * @param query as it came, without the question mark
   */
  public static Map<String, String> all(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (int from = 0; from <= query.length() && parameters.size() < MOST; ) {
      int end = endOfPair(query, from);
      int nameEnd = endOfName(query, from, end);
      String name = decoded(query, from, nameEnd);
      if (!name.isEmpty()) {
        parameters.putIfAbsent(name, value(query, nameEnd, end));
      }
      from = end + 1;
    }
    return parameters;
  }

  /**
   * All values of all parameters by name, decoded, in the order in which they came.
   *
   * @param query as it came, without the question mark
   */
  public static Map<String, List<String>> values(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (int from = 0; from <= query.length(); ) {
      int end = endOfPair(query, from);
      int nameEnd = endOfName(query, from, end);
      if (end > from) {
        parameters
            .computeIfAbsent(decoded(query, from, nameEnd), _ -> new ArrayList<>(1))
            .add(value(query, nameEnd, end));
      }
      from = end + 1;
    }
    return parameters;
  }

  /**
   * The value of the first parameter of that name, decoded; empty where it has no {@code =}.
   *
   * @param query as it came, without the question mark
   * @return null if there is none
   */
  public static @Nullable String first(String query, String name) {
    for (int from = 0; from <= query.length(); ) {
      int end = endOfPair(query, from);
      int nameEnd = endOfName(query, from, end);
      if (end > from && decoded(query, from, nameEnd).equals(name)) {
        return value(query, nameEnd, end);
      }
      from = end + 1;
    }
    return null;
  }

  /**
   * The value of the only parameter of that name, in the one form that forms have (the URL
   * standard, section 5.2): every byte is percent-encoded but letters, digits and {@code *-._}.
   *
   * @param query as it came, without the question mark
   * @param encodedName the name in that form
   * @return null if there is none, or several
   */
  public static @Nullable String onlyEncoded(String query, String encodedName) {
    String only = null;
    for (int from = 0; from <= query.length(); ) {
      int end = endOfPair(query, from);
      int nameEnd = endOfName(query, from, end);
      if (end > from && encoded(query, from, nameEnd).equals(encodedName)) {
        if (only != null) {
          return null;
        }
        only = nameEnd == end ? "" : encoded(query, nameEnd + 1, end);
      }
      from = end + 1;
    }
    return only;
  }

  private static int endOfPair(String query, int from) {
    int ampersand = query.indexOf('&', from);
    return ampersand < 0 ? query.length() : ampersand;
  }

  private static int endOfName(String query, int from, int end) {
    int equals = query.indexOf('=', from);
    return equals < 0 || equals > end ? end : equals;
  }

  private static String value(String query, int nameEnd, int end) {
    return nameEnd == end ? "" : decoded(query, nameEnd + 1, end);
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
    return new String(octets(query, from, to), StandardCharsets.UTF_8);
  }

  private static String encoded(String query, int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    for (byte octet : octets(query, from, to)) {
      char c = (char) (octet & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "*-._".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.toHexDigits(octet));
      }
    }
    return out.toString();
  }

  private static byte[] octets(String query, int from, int to) {
    byte[] bytes = new byte[to - from];
    int count = 0;
    for (int i = from; i < to; i++) {
      char c = query.charAt(i);
      int octet = c == '%' && i + 2 < to ? octet(query, i) : -1;
      if (octet >= 0) {
        i += 2;
        bytes[count++] = (byte) octet;
      } else {
        bytes[count++] = c == '+' ? (byte) ' ' : (byte) c;
      }
    }
    return Arrays.copyOf(bytes, count);
  }

  private static int octet(String query, int percent) {
    int high = Character.digit(query.charAt(percent + 1), 16);
    int low = Character.digit(query.charAt(percent + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
