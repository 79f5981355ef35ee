package dev.headgate.http;

import org.jspecify.annotations.Nullable;

/**
 * What the fields of a message say about its framing and its connection (RFC 9112 sections 6 and 9,
 * RFC 9110 section 7.6). Whatever two recipients could understand in two ways is refused.
 */
public final class MessageRules {
  /** Fields that belong to one connection, whether nominated or not. */
  private static final HeaderName[] HOP_BY_HOP = {
    HeaderName.CONNECTION,
    HeaderName.KEEP_ALIVE,
    HeaderName.PROXY_CONNECTION,
    HeaderName.TRANSFER_ENCODING,
    HeaderName.UPGRADE,
    HeaderName.HTTP2_SETTINGS,
    HeaderName.PROXY_AUTHORIZATION,
    HeaderName.PROXY_AUTHENTICATE,
    HeaderName.TE,
    HeaderName.TRAILER
  };

  /** What {@link #bodyLength} says of a body in chunks. */
  public static final long CHUNKED = -1;

  /** What {@link #bodyLength} says where the message states no length. */
  public static final long UNSTATED = -2;

  private MessageRules() {}

  /** Whether doing it twice is the same as doing it once (RFC 9110 section 9.2.2). */
  public static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
      default -> false;
    };
  }

  /** Whether a request without a body should say so with a length of 0 (RFC 9110 section 8.6). */
  public static boolean expectsBody(String method) {
    return switch (method) {
      case "POST", "PUT", "PATCH" -> true;
      default -> false;
    };
  }

  /**
   * How the body of an HTTP/1 message ends, from its Content-Length and Transfer-Encoding.
   *
   * @return the length, {@link #CHUNKED} or {@link #UNSTATED}
   */
  public static long bodyLength(Headers headers, int minor) throws BadMessage {
    boolean encoded = headers.has(HeaderName.TRANSFER_ENCODING);
    boolean sized = headers.has(HeaderName.CONTENT_LENGTH);
    if (!encoded && !sized) {
      return UNSTATED;
    }
    if (encoded && sized) {
      throw bad("framing.two_lengths", "Content-Length beside Transfer-Encoding");
    }
    if (sized) {
      return contentLength(headers);
    }
    if (minor == 0) {
      throw bad("framing.transfer_encoding", "Transfer-Encoding in an HTTP/1.0 message");
    }
    if (headers.count(HeaderName.TRANSFER_ENCODING) > 1
        || !headers.valueIs(HeaderName.TRANSFER_ENCODING, "chunked")) {
      throw new BadMessage(
          501, "framing.transfer_encoding", "a transfer coding other than chunked alone");
    }
    return CHUNKED;
  }

  /** The one Content-Length of a message, which must have one. */
  public static long contentLength(Headers headers) throws BadMessage {
    if (headers.count(HeaderName.CONTENT_LENGTH) > 1) {
      throw bad("framing.two_lengths", "more than one Content-Length");
    }
    String text = headers.get(HeaderName.CONTENT_LENGTH);
    if (text == null || text.isEmpty() || text.length() > 18) {
      throw bad("framing.length", "a Content-Length that is empty or too long");
    }
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw bad("framing.length", "a Content-Length that is not a decimal number");
      }
      length = length * 10 + digit;
    }
    return length;
  }

  /** Whether a comma-separated field, all its lines together, has this member (in lower case). */
  public static boolean hasToken(Headers headers, HeaderName name, String lower) {
    if (!headers.has(name)) {
      return false;
    }
    if (headers.valueIs(name, lower)) {
      return true;
    }
    for (String value : headers.all(name)) {
      for (int from = 0; from <= value.length(); ) {
        int comma = value.indexOf(',', from);
        int to = comma < 0 ? value.length() : comma;
        if (value.substring(from, to).strip().equalsIgnoreCase(lower)) {
          return true;
        }
        from = to + 1;
      }
    }
    return false;
  }

  /**
   * Takes out what belongs to the connection the message came on, and what its Connection field
   * names.
   */
  public static void removeHopByHop(Headers headers) {
    if (headers.has(HeaderName.CONNECTION)
        && !headers.valueIs(HeaderName.CONNECTION, "keep-alive")
        && !headers.valueIs(HeaderName.CONNECTION, "close")) {
      for (String value : headers.all(HeaderName.CONNECTION)) {
        for (int from = 0; from <= value.length(); ) {
          int comma = value.indexOf(',', from);
          int to = comma < 0 ? value.length() : comma;
          removeNominated(headers, value.substring(from, to).strip());
          from = to + 1;
        }
      }
    }
    for (HeaderName name : HOP_BY_HOP) {
      headers.remove(name);
    }
  }

  private static void removeNominated(Headers headers, String name) {
    // A caller must not be able to take away what decides where a request goes or how its body
    // ends.
    if (Tokens.isToken(name)
        && !name.equalsIgnoreCase("host")
        && !name.equalsIgnoreCase("content-length")
        && !name.equalsIgnoreCase("content-type")
        && !name.equalsIgnoreCase("authorization")
        && !name.equalsIgnoreCase("cookie")) {
      headers.remove(HeaderName.of(name));
    }
  }

  /**
   * Checks the host of a request and brings it into the form that routes are matched with.
   *
   * @param authority host with or without port, as in the Host field
   * @return the host in lower case without port, IPv6 in brackets
   */
  public static String host(@Nullable String authority) throws BadMessage {
    if (authority == null || authority.isEmpty()) {
      throw bad("host.missing", "no host");
    }
    int end = authority.length();
    int i = 0;
    if (authority.charAt(0) == '[') {
      i = authority.indexOf(']') + 1;
      for (int j = 1; j < i - 1; j++) {
        char c = authority.charAt(j);
        if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
          throw bad("host.invalid", "a bracketed host that is no IPv6 address");
        }
      }
      if (i < 4) {
        throw bad("host.invalid", "a bracketed host that is no IPv6 address");
      }
    } else {
      while (i < end && isHostCharacter(authority.charAt(i))) {
        i++;
      }
    }
    if (i == 0 || (i < end && authority.charAt(i) != ':') || i > 255) {
      throw bad("host.invalid", "a host with characters that may not stand there");
    }
    port(authority, i, end);
    String host = i == end ? authority : authority.substring(0, i);
    for (int j = 0; j < host.length(); j++) {
      if (host.charAt(j) >= 'A' && host.charAt(j) <= 'Z') {
        return host.toLowerCase(java.util.Locale.ROOT);
      }
    }
    return host;
  }

  private static void port(String authority, int colon, int end) throws BadMessage {
    if (colon < end) {
      int port = 0;
      for (int j = colon + 1; j < end; j++) {
        int digit = authority.charAt(j) - '0';
        if (digit < 0 || digit > 9 || j - colon > 5) {
          throw bad("host.invalid", "a port that is not a number");
        }
        port = port * 10 + digit;
      }
      if (port > 65535) {
        throw bad("host.invalid", "a port out of range");
      }
    }
  }

  private static boolean isHostCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || (c >= 'A' && c <= 'Z');
  }

  private static BadMessage bad(String reason, String detail) {
    return new BadMessage(400, reason, detail);
  }

  /** Whether a message says how long its body is, and that there is one. */
  public static boolean announcesBody(Headers headers) {
    return headers.has(HeaderName.CONTENT_LENGTH)
        && !headers.valueIs(HeaderName.CONTENT_LENGTH, "0");
  }
}
