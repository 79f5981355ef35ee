package dev.headgate.policy.apikey;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a request holds its key. Reads the key's bytes into an array of its own, without making a
 * string of them, and can take the key out of the request.
 */
@LoopConfined
final class KeyPlace {
  /** What {@link #read} says if there is none. */
  static final int NONE = -1;

  /** What {@link #read} says if there are several, or one that is too long to be a key. */
  static final int WRONG = -2;

  /** The longest key, in bytes. */
  static final int LONGEST = 256;

  private static final String USUAL = "X-API-Key";

  private final @Nullable HeaderName header;
  private final @Nullable String query;
  private final @Nullable String cookie;
  private final boolean keep;
  private final byte[] key = new byte[LONGEST];

  KeyPlace(ApiKey config) {
    this.query = config.query();
    this.cookie = config.cookie();
    boolean elsewhere = query != null || cookie != null;
    this.header =
        elsewhere ? null : HeaderName.of(Objects.requireNonNullElse(config.header(), USUAL));
    this.keep = config.keepCredential();
  }

  /** The bytes of the key that was read last. */
  byte[] key() {
    return key;
  }

  /** The length of the key in {@link #key}, or {@link #NONE}, or {@link #WRONG}. */
  int read(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    if (header != null) {
      if (!headers.has(header)) {
        return NONE;
      }
      int length = headers.copy(header, key);
      return headers.count(header) > 1 || length > LONGEST || length == 0 ? WRONG : length;
    }
    String value = query != null ? parameter(exchange.query(), query) : cookie(headers);
    if (value == null) {
      return NONE;
    }
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length > LONGEST || bytes.length == 0) {
      return WRONG;
    }
    System.arraycopy(bytes, 0, key, 0, bytes.length);
    return bytes.length;
  }

  /** Takes the key out of the request, unless it is to be kept. */
  void remove(Exchange exchange) {
    if (keep) {
      return;
    }
    if (header != null) {
      exchange.requestHeaders().remove(header);
    } else if (query != null) {
      String before = exchange.query();
      if (before != null) {
        exchange.path(exchange.path(), without(before, '&', query));
      }
    } else {
      Headers headers = exchange.requestHeaders();
      String before = headers.get(HeaderName.COOKIE);
      if (before != null) {
        String all = String.join("; ", headers.all(HeaderName.COOKIE));
        String after = without(all, ';', Objects.requireNonNull(cookie));
        headers.remove(HeaderName.COOKIE);
        if (after != null) {
          headers.add(HeaderName.COOKIE, after);
        }
      }
    }
  }

  private @Nullable String cookie(Headers headers) {
    if (!headers.has(HeaderName.COOKIE)) {
      return null;
    }
    String all = String.join("; ", headers.all(HeaderName.COOKIE));
    return find(all, ';', Objects.requireNonNull(cookie));
  }

  private static @Nullable String parameter(@Nullable String query, String name) {
    return query == null ? null : find(query, '&', name);
  }

  /** The value of the first pair of that name; an empty text if there are several. */
  private static @Nullable String find(String pairs, char separator, String name) {
    String found = null;
    int at = 0;
    while (at <= pairs.length()) {
      int end = pairs.indexOf(separator, at);
      end = end < 0 ? pairs.length() : end;
      int from = afterSpaces(pairs, at, end);
      if (isNamed(pairs, from, end, name)) {
        if (found != null) {
          return "";
        }
        found = pairs.substring(from + name.length() + 1, end).strip();
      }
      at = end + 1;
    }
    return found;
  }

  private static @Nullable String without(String pairs, char separator, String name) {
    StringBuilder out = new StringBuilder(pairs.length());
    int at = 0;
    while (at <= pairs.length()) {
      int end = pairs.indexOf(separator, at);
      end = end < 0 ? pairs.length() : end;
      int from = afterSpaces(pairs, at, end);
      if (from < end && !isNamed(pairs, from, end, name)) {
        if (!out.isEmpty()) {
          out.append(separator == ';' ? "; " : "&");
        }
        out.append(pairs, from, end);
      }
      at = end + 1;
    }
    return out.isEmpty() ? null : out.toString();
  }

  private static int afterSpaces(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  private static boolean isNamed(String text, int from, int end, String name) {
    int equals = from + name.length();
    return equals < end && text.startsWith(name, from) && text.charAt(equals) == '=';
  }
}
