package dev.headgate.policy.extauthz;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a gRPC service is told of a request: {@code envoy.service.auth.v3.CheckRequest}. */
final class CheckRequest {
  private final List<HeaderName> send;
  private final IdentityHeaders identity;

  CheckRequest(List<HeaderName> send, IdentityHeaders identity) {
    this.send = send;
    this.identity = identity;
  }

  byte[] of(Exchange exchange) {
    ProtoWriter address =
        new ProtoWriter().text(2, exchange.clientAddress()).number(3, exchange.client().port());
    ProtoWriter source = new ProtoWriter().message(1, new ProtoWriter().message(1, address));
    ProtoWriter attributes =
        new ProtoWriter()
            .message(1, source)
            .message(4, new ProtoWriter().message(2, http(exchange)));
    entries(10, extensions(exchange), attributes);
    return new ProtoWriter().message(1, attributes).toByteArray();
  }

  private ProtoWriter http(Exchange exchange) {
    String query = exchange.query();
    String target = query == null ? exchange.path() : exchange.path() + "?" + query;
    String length = exchange.requestHeaders().get(HeaderName.CONTENT_LENGTH);
    ProtoWriter http = new ProtoWriter().text(1, exchange.requestId()).text(2, exchange.method());
    entries(3, fields(exchange, target), http);
    return http.text(4, target)
        .text(5, exchange.authority())
        .text(6, exchange.scheme())
        .number(9, length == null ? -1 : Long.parseLong(length))
        .text(10, exchange.protocol());
  }

  /** By their names in lower case, with those that HTTP/2 has for the first line. */
  private Map<String, String> fields(Exchange exchange, String target) {
    Map<String, String> fields = new TreeMap<>();
    exchange
        .requestHeaders()
        .forEach((name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (send.isEmpty() || send.contains(HeaderName.of(lower))) {
            fields.merge(lower, value, (a, b) -> a + (lower.equals("cookie") ? "; " : ",") + b);
          }
        });
    fields.put(":method", exchange.method());
    fields.put(":scheme", exchange.scheme());
    fields.put(":authority", exchange.authority());
    fields.put(":path", target);
    return fields;
  }

  private Map<String, String> extensions(Exchange exchange) {
    Map<String, String> extensions = new TreeMap<>();
    extensions.put("route", String.valueOf(exchange.route()));
    Identity who = exchange.identity();
    if (who != null) {
      Headers fields = new Headers();
      identity.write(who, fields);
      fields.forEach(extensions::put);
    }
    return extensions;
  }

  private static void entries(int field, Map<String, String> map, ProtoWriter out) {
    map.forEach((key, value) -> out.message(field, new ProtoWriter().text(1, key).text(2, value)));
  }
}
