package dev.headgate.content;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the field Content-Type says (RFC 9110 section 8.3).
 *
 * @param essence type and subtype in lower case, such as {@code application/json}
 * @param charset in lower case; null if it is not said
 */
public record ContentType(String essence, @Nullable String charset) {
  private static final String TOKEN = "!#$%&'*+-.^_`|~";

  /**
   * The type of a message; null if there is none, several, or one that cannot be read: who guesses
   * another than its receiver does looks at something else.
   */
  public static @Nullable ContentType of(Headers headers) {
    String value = headers.get(HeaderName.CONTENT_TYPE);
    return value == null || headers.count(HeaderName.CONTENT_TYPE) != 1 ? null : parse(value);
  }

  static @Nullable ContentType parse(String value) {
    int semicolon = value.indexOf(';');
    String essence = (semicolon < 0 ? value : value.substring(0, semicolon)).strip();
    int slash = essence.indexOf('/');
    if (!isToken(essence, 0, slash) || !isToken(essence, slash + 1, essence.length())) {
      return null;
    }
    String charset = null;
    int at = semicolon;
    while (at >= 0 && at < value.length()) {
      int end = parameterEnd(value, at + 1);
      String parameter = value.substring(at + 1, end).strip();
      int equals = parameter.indexOf('=');
      if (!parameter.isEmpty() && !isToken(parameter, 0, equals)) {
        return null;
      }
      if (parameter.regionMatches(true, 0, "charset=", 0, "charset=".length())) {
        if (charset != null) {
          return null;
        }
        charset = unquoted(parameter.substring(equals + 1)).toLowerCase(Locale.ROOT);
      }
      at = end;
    }
    return new ContentType(essence.toLowerCase(Locale.ROOT), charset);
  }

  /** Whether the text of it is UTF-8, or would be by default. */
  public boolean isUtf8() {
    return charset == null || charset.equals("utf-8") || charset.equals("us-ascii");
  }

  private static int parameterEnd(String value, int from) {
    boolean quoted = false;
    for (int at = from; at < value.length(); at++) {
      char c = value.charAt(at);
      if (c == '\\' && quoted) {
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ';' && !quoted) {
        return at;
      }
    }
    return value.length();
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  private static boolean isToken(String text, int from, int to) {
    for (int at = from; at < to; at++) {
      char c = text.charAt(at);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && TOKEN.indexOf(c) < 0) {
        return false;
      }
    }
    return from < to;
  }
}
