package dev.headgate.cli;

import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.MessageRules;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request as somebody asks about it.
 *
 * @param target path and query, byte for byte
 */
record AskedRequest(
    String method,
    String scheme,
    String authority,
    String target,
    List<Field> fields,
    InetAddress client) {
  private static final int PORT = 50_000;

  record Field(String name, String value) {}

  /**
   * @throws IllegalArgumentException if something is not what its name says
   */
  static AskedRequest of(String method, String url, List<String> headers, String client) {
    int scheme = url.indexOf("://");
    String word = scheme < 0 ? "" : url.substring(0, scheme).toLowerCase(Locale.ROOT);
    if (!word.equals("http") && !word.equals("https")) {
      throw new IllegalArgumentException("the URL must begin with http:// or https://");
    }
    String rest = url.substring(scheme + 3);
    int fragment = rest.indexOf('#');
    rest = fragment < 0 ? rest : rest.substring(0, fragment);
    int end = rest.length();
    for (char delimiter : new char[] {'/', '?'}) {
      int at = rest.indexOf(delimiter);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    String target = rest.substring(end);
    List<Field> fields = new ArrayList<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException(
            "a header is written 'name: value', not '" + header + "'");
      }
      fields.add(
          new Field(header.substring(0, colon).strip(), header.substring(colon + 1).strip()));
    }
    return new AskedRequest(
        method,
        word,
        rest.substring(0, end),
        target.startsWith("/") ? target : "/" + target,
        fields,
        address(client));
  }

  /** An address only: a name would be asked of the network. */
  private static InetAddress address(String client) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(client);
    if (bytes == null) {
      throw new IllegalArgumentException("'" + client + "' is no IP address");
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("'" + client + "' is no IP address", e);
    }
  }

  Headers headers() {
    Headers headers = new Headers();
    headers.add("host", authority);
    fields.forEach(field -> headers.add(field.name(), field.value()));
    return headers;
  }

  boolean secure() {
    return scheme.equals("https");
  }

  /**
   * The exchange as it would be once the head has been read.
   *
   * @param listener the name of the one that it came in by
   * @param certificate what the client has shown in the handshake; null for nothing
   * @throws BadMessage if the host is wrong
   */
  Exchange exchange(String listener, @Nullable ClientCertificate certificate) throws BadMessage {
    boolean secure = secure();
    ClientInfo info =
        new ClientInfo(
            listener,
            client,
            client.getHostAddress(),
            PORT,
            secure,
            secure ? "TLSv1.3" : null,
            certificate);
    Exchange.Head head =
        new Exchange.Head(method, authority, MessageRules.host(authority), target, false);
    Exchange exchange = new Exchange(info, "HTTP/1.1", head, headers(), new Headers(), 0);
    exchange.bodiless(!exchange.requestHeaders().has(HeaderName.CONTENT_LENGTH));
    return exchange;
  }
}
