package dev.headgate.expression;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a request as a map from names in lower case; several fields of one name are
 * joined by commas (RFC 9110 section 5.3). A look-up reads one field; only an expression that goes
 * over all of them makes a copy.
 */
final class HeaderMap extends AbstractMap<String, String> {
  private final Headers headers;

  HeaderMap(Headers headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable String get(@Nullable Object name) {
    if (!(name instanceof String text) || !isLowerCase(text)) {
      return null;
    }
    HeaderName prepared = HeaderName.of(text);
    return headers.count(prepared) > 1
        ? String.join(", ", headers.all(prepared))
        : headers.get(prepared);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name instanceof String text && isLowerCase(text) && headers.has(HeaderName.of(text));
  }

  /** Look-ups and a walk over all fields must agree on what the names are. */
  private static boolean isLowerCase(String text) {
    return text.chars().noneMatch(c -> c >= 'A' && c <= 'Z');
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    Map<String, String> copy = new LinkedHashMap<>();
    headers.forEach((name, value) ->
        copy.merge(name.toLowerCase(Locale.ROOT), value, (first, next) -> first + ", " + next));
    return copy.entrySet();
  }
}
