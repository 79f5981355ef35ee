package dev.headgate.policy.hmac;

import dev.headgate.config.check.HeaderFields;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What is signed of a request: fixed text and parts of the request, in order. Immutable.
 *
 * @param before what stands before the body, or all if the body is no part of it
 * @param body what of the body is signed
 * @param after what stands behind it
 */
record SignedText(List<Part> before, Body body, List<Part> after) {
  private static final String HEADER = "header.";

  /** What of the body is signed. */
  enum Body {
    NOTHING,
    WHOLE,
    /** Its SHA-256 in hexadecimal digits. */
    HASH
  }

  /** A piece but for the body. */
  sealed interface Part {
    record Fixed(String text) implements Part {}

    record Header(HeaderName name) implements Part {}

    /** What a request has once. */
    enum Value implements Part {
      TIMESTAMP,
      METHOD,
      PATH,
      QUERY,
      TARGET,
      HOST
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  static SignedText parse(String text) {
    List<Part> before = new ArrayList<>();
    List<Part> after = new ArrayList<>();
    Body body = Body.NOTHING;
    for (int at = 0; at < text.length(); ) {
      List<Part> parts = body == Body.NOTHING ? before : after;
      int open = text.indexOf('{', at);
      int end = open < 0 ? text.length() : open;
      if (end > at) {
        parts.add(new Part.Fixed(text.substring(at, end)));
      }
      if (open < 0) {
        break;
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("a '{' is not closed");
      }
      String name = text.substring(open + 1, close);
      if (name.equals("body") || name.equals("body.sha256")) {
        if (body != Body.NOTHING) {
          throw new IllegalArgumentException("the body can be signed once");
        }
        body = name.equals("body") ? Body.WHOLE : Body.HASH;
      } else {
        parts.add(part(name));
      }
      at = close + 1;
    }
    return new SignedText(List.copyOf(before), body, List.copyOf(after));
  }

  private static Part part(String name) {
    if (name.startsWith(HEADER) && HeaderFields.isToken(name.substring(HEADER.length()))) {
      return new Part.Header(HeaderName.of(name.substring(HEADER.length())));
    }
    return switch (name) {
      case "timestamp" -> Part.Value.TIMESTAMP;
      case "method" -> Part.Value.METHOD;
      case "path" -> Part.Value.PATH;
      case "query" -> Part.Value.QUERY;
      case "target" -> Part.Value.TARGET;
      case "host" -> Part.Value.HOST;
      default ->
          throw new IllegalArgumentException(
              "there are {timestamp}, {method}, {path}, {query}, {target}, {host}, {header.NAME}, {body} and"
                  + " {body.sha256}");
    };
  }

  boolean hasTimestamp() {
    return before.contains(Part.Value.TIMESTAMP) || after.contains(Part.Value.TIMESTAMP);
  }

  /**
   * What parts say of a request, as it came.
   *
   * @param timestamp as the request writes it
   */
  static byte[] of(List<Part> parts, Exchange exchange, String timestamp) {
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Fixed(String text) -> out.append(text);
        case Part.Header(HeaderName name) ->
            out.append(String.join(", ", exchange.requestHeaders().all(name)));
        case Part.Value value -> out.append(of(value, exchange, timestamp));
      }
    }
    // The request has one character for each byte.
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String of(Part.Value value, Exchange exchange, String timestamp) {
    String target = exchange.target();
    int question = target.indexOf('?');
    return switch (value) {
      case TIMESTAMP -> timestamp;
      case METHOD -> exchange.method();
      case PATH -> question < 0 ? target : target.substring(0, question);
      case QUERY -> question < 0 ? "" : target.substring(question + 1);
      case TARGET -> target;
      case HOST -> exchange.authority();
    };
  }
}
