package dev.headgate.http;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RFC 9112 once more, as patterns over a whole text: slow, short, and written without a look at the
 * parsers that are compared with it. Bounds of size are not in it; that a target holds no {@code #}
 * is what a URI is (RFC 3986).
 */
final class SlowHttp1 {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String VALUE = "[\\t\\x20-\\x7e\\x80-\\xff]*";
  private static final String NEW_LINE = "\r\n";

  private static final Pattern REQUEST_LINE =
      Pattern.compile("(" + TOKEN + ") ([\\x21\\x22\\x24-\\x7e]+) HTTP/1\\.([01])");
  private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):(" + VALUE + ")");
  private static final Pattern CHUNK_SIZE =
      Pattern.compile("([0-9A-Fa-f]{1,15})(?:;" + VALUE + ")?");

  private SlowHttp1() {}

  /**
   * The head of a request.
   *
   * @param fields each as name, colon, value
   * @param length how much of the text it takes
   */
  record RequestHead(String method, String target, int minor, List<String> fields, int length) {}

  /**
   * A body in chunks.
   *
   * @param trailers each as name, colon, value
   * @param length how much of the text it takes
   */
  record Chunked(String content, List<String> trailers, int length) {}

  /** The head that the text begins with, if it begins with a whole and right one. */
  static Optional<RequestHead> requestHead(String text) {
    int start = text.startsWith(NEW_LINE) ? NEW_LINE.length() : 0;
    int end = text.indexOf(NEW_LINE + NEW_LINE, start);
    if (end < 0) {
      return Optional.empty();
    }
    List<String> lines = List.of(text.substring(start, end).split(NEW_LINE, -1));
    Matcher first = REQUEST_LINE.matcher(lines.getFirst());
    Optional<List<String>> fields = fields(lines.subList(1, lines.size()));
    return first.matches() && fields.isPresent()
        ? Optional.of(
            new RequestHead(
                first.group(1),
                first.group(2),
                Integer.parseInt(first.group(3)),
                fields.get(),
                end + 2 * NEW_LINE.length()))
        : Optional.empty();
  }

  private static Optional<List<String>> fields(List<String> lines) {
    List<String> fields = new ArrayList<>();
    for (String line : lines) {
      Matcher field = FIELD.matcher(line);
      if (!field.matches()) {
        return Optional.empty();
      }
      fields.add(field.group(1) + ":" + withoutBlanks(field.group(2)));
    }
    return Optional.of(fields);
  }

  private static String withoutBlanks(String value) {
    return value.replaceAll("^[ \\t]+|[ \\t]+$", "");
  }

  /** The chunked body that the text begins with, if it begins with a whole and right one. */
  static Optional<Chunked> chunked(String text) {
    StringBuilder content = new StringBuilder();
    int at = 0;
    while (true) {
      int end = text.indexOf(NEW_LINE, at);
      Matcher size = CHUNK_SIZE.matcher(end < 0 ? "" : text.substring(at, end));
      if (!size.matches()) {
        return Optional.empty();
      }
      long length = HexFormat.fromHexDigitsToLong(size.group(1));
      at = end + NEW_LINE.length();
      if (length == 0) {
        return trailers(text, at, content.toString());
      }
      if (length > text.length() - at || !text.startsWith(NEW_LINE, at + (int) length)) {
        return Optional.empty();
      }
      content.append(text, at, at + (int) length);
      at += (int) length + NEW_LINE.length();
    }
  }

  private static Optional<Chunked> trailers(String text, int from, String content) {
    if (text.startsWith(NEW_LINE, from)) {
      return Optional.of(new Chunked(content, List.of(), from + NEW_LINE.length()));
    }
    int end = text.indexOf(NEW_LINE + NEW_LINE, from);
    if (end < 0) {
      return Optional.empty();
    }
    return fields(List.of(text.substring(from, end).split(NEW_LINE, -1)))
        .map(fields -> new Chunked(content, fields, end + 2 * NEW_LINE.length()));
  }
}
