package dev.headgate.listen;

import dev.headgate.exchange.Exchange;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Http1Body;
import dev.headgate.http.Http1Head;
import dev.headgate.http.MessageRules;
import dev.headgate.http.WebSocketKey;
import org.jspecify.annotations.Nullable;

/**
 * What the head of an HTTP/1 request means (RFC 9112 sections 3, 6 and 9), or why it is refused.
 *
 * @param head the first line, with the target brought into one form
 * @param framing how the body's end is found
 * @param length of the body, where it is stated
 * @param keepAlive whether the client wants to go on using the connection
 * @param webSocketKey the key of a WebSocket handshake
 */
record Http1Request(
    Exchange.Head head,
    Http1Body.Framing framing,
    long length,
    boolean keepAlive,
    @Nullable WebSocketKey webSocketKey) {

  static Http1Request of(Http1Head parsed) throws BadMessage {
    Headers headers = parsed.headers();
    long length = MessageRules.bodyLength(headers, parsed.minor());
    Http1Body.Framing framing =
        length == MessageRules.CHUNKED
            ? Http1Body.Framing.CHUNKED
            : length > 0 ? Http1Body.Framing.LENGTH : Http1Body.Framing.NONE;
    if (headers.has(HeaderName.EXPECT) && !headers.valueIs(HeaderName.EXPECT, "100-continue")) {
      throw new BadMessage(417, "framing.expect", "an expectation other than 100-continue");
    }
    boolean keepAlive =
        parsed.minor() == 1
            ? !MessageRules.hasToken(headers, HeaderName.CONNECTION, "close")
            : MessageRules.hasToken(headers, HeaderName.CONNECTION, "keep-alive");
    WebSocketKey key = webSocketKey(parsed, framing);
    Exchange.Head head =
        head(parsed.method(), parsed.target(), host(headers, parsed.minor()), key != null);
    return new Http1Request(head, framing, Math.max(0, length), keepAlive, key);
  }

  private static String host(Headers headers, int minor) throws BadMessage {
    int count = headers.count(HeaderName.HOST);
    if (count > 1) {
      throw new BadMessage(400, "host.several", "more than one Host");
    }
    String host = headers.get(HeaderName.HOST);
    if (host == null && minor == 1) {
      throw new BadMessage(400, "host.missing", "no Host");
    }
    return host == null ? "" : host;
  }

  private static Exchange.Head head(
      String method, String target, String hostField, boolean webSocket) throws BadMessage {
    if (method.equals("CONNECT")) {
      throw new BadMessage(501, "method.connect", "CONNECT is not for a gateway");
    }
    String authority = hostField;
    String path = target;
    if (target.charAt(0) != '/' && !(target.equals("*") && method.equals("OPTIONS"))) {
      int start = schemeLength(target);
      int slash = target.indexOf('/', start);
      int question = target.indexOf('?', start);
      int end =
          slash >= 0 && (question < 0 || slash < question)
              ? slash
              : question >= 0 ? question : target.length();
      authority = target.substring(start, end);
      path =
          end == target.length()
              ? "/"
              : target.charAt(end) == '?' ? "/" + target.substring(end) : target.substring(end);
      // RFC 9112 section 3.2.2 lets the target win; who sends two different hosts is up to
      // something.
      if (!hostField.isEmpty() && !hostField.equalsIgnoreCase(authority)) {
        throw new BadMessage(400, "host.mismatch", "the target names another host than Host does");
      }
    }
    String host =
        authority.isEmpty() && hostField.isEmpty() && path.equals(target)
            ? ""
            : MessageRules.host(authority);
    return new Exchange.Head(method, authority, host, path, webSocket);
  }

  private static int schemeLength(String target) throws BadMessage {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    if (target.regionMatches(true, 0, "https://", 0, 8)) {
      return 8;
    }
    throw new BadMessage(
        400, "framing.target", "a request target that is neither a path nor a URL");
  }

  private static @Nullable WebSocketKey webSocketKey(Http1Head parsed, Http1Body.Framing framing)
      throws BadMessage {
    Headers headers = parsed.headers();
    if (!headers.has(HeaderName.UPGRADE)
        || parsed.minor() == 0
        || !headers.valueIs(HeaderName.UPGRADE, "websocket")
        || !MessageRules.hasToken(headers, HeaderName.CONNECTION, "upgrade")) {
      return null;
    }
    String key = headers.get(HeaderName.SEC_WEBSOCKET_KEY);
    if (!parsed.method().equals("GET")
        || framing != Http1Body.Framing.NONE
        || key == null
        || key.length() != 24) {
      throw new BadMessage(400, "websocket.handshake", "a WebSocket handshake that is not one");
    }
    headers.remove(HeaderName.SEC_WEBSOCKET_KEY);
    return new WebSocketKey(key);
  }
}
