package dev.headgate.content;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A content coding that can be undone (RFC 9110 section 8.4.1). */
enum Coding {
  GZIP,
  /** The zlib format (RFC 1950), as the standard has it; never raw deflate. */
  DEFLATE;

  private static final HeaderName CONTENT_ENCODING = HeaderName.of("content-encoding");

  /**
   * The codings of a body, in the order in which they are to be undone.
   *
   * @return null if there is one that cannot be undone
   */
  static @Nullable List<Coding> of(Headers headers) {
    if (!headers.has(CONTENT_ENCODING)) {
      return List.of();
    }
    List<Coding> codings = new ArrayList<>();
    for (String field : headers.all(CONTENT_ENCODING)) {
      for (String name : field.split(",", -1)) {
        switch (name.strip().toLowerCase(Locale.ROOT)) {
          case "gzip", "x-gzip" -> codings.addFirst(GZIP);
          case "deflate" -> codings.addFirst(DEFLATE);
          case "identity", "" -> {}
          default -> {
            return null;
          }
        }
      }
    }
    return codings;
  }
}
