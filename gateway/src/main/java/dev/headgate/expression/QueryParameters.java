package dev.headgate.expression;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query, percent-decoded, by name. Of several of one name the first counts.
 * What cannot be decoded stays as it came.
 */
final class QueryParameters {
  private static final int MOST = 256;

  private QueryParameters() {}

  static Map<String, String> of(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return Map.of();
    }
    Map<String, String> parameters = new HashMap<>();
    int at = 0;
    while (at <= query.length() && parameters.size() < MOST) {
      int end = query.indexOf('&', at);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', at);
      boolean valued = equals >= 0 && equals < end;
      String name = decoded(query.substring(at, valued ? equals : end));
      if (!name.isEmpty()) {
        parameters.putIfAbsent(name, valued ? decoded(query.substring(equals + 1, end)) : "");
      }
      at = end + 1;
    }
    return parameters;
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    byte[] out = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < text.length()) {
        int high = Character.digit(text.charAt(i + 1), 16);
        int low = Character.digit(text.charAt(i + 2), 16);
        if (high >= 0 && low >= 0) {
          out[length++] = (byte) ((high << 4) | low);
          i += 2;
          continue;
        }
      }
      out[length++] = (byte) (c == '+' ? ' ' : c);
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}
