package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a request holds a credential: a header field, a query parameter or a cookie. Reads the
 * credential's bytes into an array of its own, without making a string of a header field, and can
 * take the credential out of the request.
 */
@LoopConfined
public final class CredentialPlace {
  /** What {@link #read} says if there is none. */
  public static final int NONE = -1;

  /** What {@link #read} says if there are several, or one that is empty or too long. */
  public static final int WRONG = -2;

  private static final int FIRST_SIZE = 1024;

  private final @Nullable HeaderName header;
  private final byte[] scheme;
  private final char separator;
  private final String parameter;
  private final int longest;
  private byte[] bytes;
  private int from;

  private CredentialPlace(
      @Nullable HeaderName header, String scheme, char separator, String parameter, int longest) {
    this.header = header;
    this.scheme = scheme.getBytes(StandardCharsets.US_ASCII);
    this.separator = separator;
    this.parameter = parameter;
    this.longest = longest;
    this.bytes = new byte[Math.min(longest, FIRST_SIZE)];
  }

  /**
   * A header field whose whole value is the credential.
   *
   * @param longest the most bytes that a credential has
   */
  public static CredentialPlace header(String name, int longest) {
    return new CredentialPlace(HeaderName.of(name), "", '&', "", longest);
  }

  /**
   * The field {@code Authorization} with that scheme (RFC 9110 section 11.4); other schemes are
   * somebody else's.
   */
  public static CredentialPlace authorization(String scheme, int longest) {
    return new CredentialPlace(HeaderName.AUTHORIZATION, scheme, '&', "", longest);
  }

  public static CredentialPlace query(String parameter, int longest) {
    return new CredentialPlace(null, "", '&', parameter, longest);
  }

  public static CredentialPlace cookie(String name, int longest) {
    return new CredentialPlace(null, "", ';', name, longest);
  }

  /**
   * The one place that a user names, in the order in which nothing is left out: see {@link #check}.
   *
   * @return null if none is named
   */
  public static @Nullable CredentialPlace of(
      @Nullable String header, @Nullable String query, @Nullable String cookie, int longest) {
    if (header != null) {
      return header(header, longest);
    }
    if (query != null) {
      return query(query, longest);
    }
    return cookie == null ? null : cookie(cookie, longest);
  }

  /**
   * Reports what is wrong with the place that a user names: several, or what is no name.
   *
   * @param at the path of the record that holds the three
   */
  public static void check(
      String at,
      @Nullable String header,
      @Nullable String query,
      @Nullable String cookie,
      Problems problems) {
    if (Stream.of(header, query, cookie).filter(Objects::nonNull).count() > 1) {
      problems.error(at, "only one of 'header', 'query' and 'cookie' can be", "name two policies");
    }
    if (header != null) {
      new HeaderFields(problems).changed(at + ".header", header);
    }
    if (query != null && !HeaderFields.isToken(query)) {
      problems.error(at + ".query", Shown.quoted(query) + " is not the name of a parameter", "");
    }
    if (cookie != null && !HeaderFields.isToken(cookie)) {
      problems.error(at + ".cookie", Shown.quoted(cookie) + " is not the name of a cookie", "");
    }
  }

  /** The array that holds what was read last, from {@link #from} on. */
  public byte[] bytes() {
    return bytes;
  }

  public int from() {
    return from;
  }

  /** The length of the credential, or {@link #NONE}, or {@link #WRONG}. */
  public int read(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    if (header != null) {
      return inHeader(headers, header);
    }
    String value = separator == '&' ? inQuery(exchange.query()) : inCookies(headers);
    if (value == null) {
      return NONE;
    }
    if (value.isEmpty() || value.length() > longest) {
      return WRONG;
    }
    bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    from = 0;
    return bytes.length;
  }

  private int inHeader(Headers headers, HeaderName name) {
    if (!headers.has(name)) {
      return NONE;
    }
    int length = headers.copy(name, bytes);
    if (!hasScheme(length)) {
      return NONE;
    }
    int before = scheme.length;
    if (headers.count(name) > 1 || length > longest + before + 1) {
      return WRONG;
    }
    if (length > bytes.length) {
      bytes = new byte[Math.max(length, Math.min(longest, bytes.length * 2))];
      headers.copy(name, bytes);
    }
    from = before;
    while (before > 0 && from < length && bytes[from] == ' ') {
      from++;
    }
    return from == length || length - from > longest ? WRONG : length - from;
  }

  /** A scheme is a word, so a space follows it, or nothing (RFC 9110 section 11.4). */
  private boolean hasScheme(int length) {
    if (scheme.length == 0) {
      return true;
    }
    if (length < scheme.length || scheme.length >= bytes.length) {
      return false;
    }
    for (int i = 0; i < scheme.length; i++) {
      if (lower(bytes[i]) != lower(scheme[i])) {
        return false;
      }
    }
    return length == scheme.length || bytes[scheme.length] == ' ';
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }

  /** Takes the credential out of the request. */
  public void remove(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    if (header != null) {
      if (inHeader(headers, header) != NONE) {
        headers.remove(header);
      }
    } else if (separator == '&') {
      String before = exchange.query();
      if (before != null) {
        exchange.path(exchange.path(), without(before));
      }
    } else if (headers.has(HeaderName.COOKIE)) {
      String after = without(String.join("; ", headers.all(HeaderName.COOKIE)));
      headers.remove(HeaderName.COOKIE);
      if (after != null) {
        headers.add(HeaderName.COOKIE, after);
      }
    }
  }

  private @Nullable String inCookies(Headers headers) {
    return headers.has(HeaderName.COOKIE)
        ? find(String.join("; ", headers.all(HeaderName.COOKIE)))
        : null;
  }

  private @Nullable String inQuery(@Nullable String query) {
    return query == null ? null : find(query);
  }

  /** The value of the only pair of that name; an empty text if there are several. */
  private @Nullable String find(String pairs) {
    String found = null;
    int at = 0;
    while (at <= pairs.length()) {
      int end = endOfPair(pairs, at);
      int begin = afterSpaces(pairs, at, end);
      if (isNamed(pairs, begin, end)) {
        if (found != null) {
          return "";
        }
        found = pairs.substring(begin + parameter.length() + 1, end).strip();
      }
      at = end + 1;
    }
    return found;
  }

  private @Nullable String without(String pairs) {
    StringBuilder out = new StringBuilder(pairs.length());
    int at = 0;
    while (at <= pairs.length()) {
      int end = endOfPair(pairs, at);
      int begin = afterSpaces(pairs, at, end);
      if (begin < end && !isNamed(pairs, begin, end)) {
        if (!out.isEmpty()) {
          out.append(separator == ';' ? "; " : "&");
        }
        out.append(pairs, begin, end);
      }
      at = end + 1;
    }
    return out.isEmpty() ? null : out.toString();
  }

  private int endOfPair(String pairs, int at) {
    int end = pairs.indexOf(separator, at);
    return end < 0 ? pairs.length() : end;
  }

  private static int afterSpaces(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  private boolean isNamed(String text, int from, int end) {
    int equals = from + parameter.length();
    return equals < end && text.startsWith(parameter, from) && text.charAt(equals) == '=';
  }
}
