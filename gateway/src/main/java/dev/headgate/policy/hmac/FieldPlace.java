package dev.headgate.policy.hmac;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request says something: in a header field, or in a parameter of one that is a list, such
 * as {@code t=1700000000,v1=ab} or {@code hmac user="a", signature="b"}. Immutable.
 *
 * @param parameter null if the whole field says it
 */
record FieldPlace(HeaderName header, @Nullable String parameter) {
  private static final int LONGEST = 4096;

  /** Whether the field is there, but longer than any such field is. */
  boolean tooLong(Headers headers) {
    int length = 0;
    for (String line : headers.all(header)) {
      length += line.length();
    }
    return length > LONGEST;
  }

  /** What it says: what stands there between spaces, or in parameters of that name. */
  List<String> all(Headers headers) {
    List<String> values = new ArrayList<>();
    for (String line : headers.all(header)) {
      if (parameter != null) {
        parameters(line, values);
      } else {
        for (String word : line.split(" ", -1)) {
          if (!word.isEmpty()) {
            values.add(word);
          }
        }
      }
    }
    return values;
  }

  /** The only thing that it says; null if that is nothing, or there are several. */
  @Nullable String only(Headers headers) {
    List<String> values = parameter == null ? headers.all(header) : all(headers);
    return values.size() == 1 && !values.getFirst().isEmpty() ? values.getFirst() : null;
  }

  private void parameters(String line, List<String> values) {
    for (String piece : line.split(",", -1)) {
      int equals = piece.indexOf('=');
      // A scheme may stand before the first of them.
      String name = equals < 0 ? "" : piece.substring(0, equals).strip();
      if (name.substring(name.lastIndexOf(' ') + 1).equals(parameter)) {
        values.add(unquoted(piece.substring(equals + 1).strip()));
      }
    }
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
