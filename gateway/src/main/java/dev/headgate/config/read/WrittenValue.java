package dev.headgate.config.read;

import dev.headgate.config.Place;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A single value where it stands in a file, to be replaced without touching anything around it. */
public final class WrittenValue {
  private WrittenValue() {}

  /**
   * The file with another value.
   *
   * @param place of the value
   * @param was what stands there, in quotes or not
   * @param now letters, digits, {@code - _ .}: what needs no quotes
   * @return empty if something else stands there, such as a reference
   */
  public static Optional<byte[]> replaced(byte[] content, Place place, String was, String now) {
    String text = new String(content, StandardCharsets.UTF_8);
    int at = offset(text, place);
    if (at < 0 || at >= text.length()) {
      return Optional.empty();
    }
    char quote = text.charAt(at);
    boolean quoted = quote == '"' || quote == '\'';
    int from = quoted ? at + 1 : at;
    int to = from + was.length();
    boolean ends =
        quoted
            ? to < text.length() && text.charAt(to) == quote
            : to == text.length() || isEnd(text.charAt(to));
    if (!text.startsWith(was, from) || !ends) {
      return Optional.empty();
    }
    String changed = text.substring(0, from) + now + text.substring(to);
    return Optional.of(changed.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isEnd(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '}' || c == ']';
  }

  /** Where a place is in the text; -1 if it has no such line. */
  private static int offset(String text, Place place) {
    int line = 1;
    int at = 0;
    while (line < place.line()) {
      if (at >= text.length()) {
        return -1;
      }
      char c = text.charAt(at++);
      boolean crLf = c == '\r' && at < text.length() && text.charAt(at) == '\n';
      line += c == '\n' || (c == '\r' && !crLf) ? 1 : 0;
    }
    int characters = place.column() - 1;
    return text.codePointCount(at, text.length()) < characters
        ? -1
        : text.offsetByCodePoints(at, characters);
  }
}
