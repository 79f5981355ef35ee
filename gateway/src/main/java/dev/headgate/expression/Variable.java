package dev.headgate.expression;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Query;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an expression may look at. Each is read from the exchange only when an evaluation comes to
 * it. Before somebody vouched for the caller, all of {@code identity} is empty.
 */
enum Variable {
  METHOD("request.method", SimpleType.STRING, (exchange, loop) -> exchange.method()),
  SCHEME("request.scheme", SimpleType.STRING, (exchange, loop) -> exchange.scheme()),
  HOST("request.host", SimpleType.STRING, (exchange, loop) -> exchange.host()),
  PATH("request.path", SimpleType.STRING, (exchange, loop) -> exchange.path()),
  QUERY(
      "request.query",
      MapType.create(SimpleType.STRING, SimpleType.STRING),
      (exchange, loop) -> exchange.query() == null ? Map.of() : Query.all(exchange.query())),
  HEADERS(
      "request.headers",
      MapType.create(SimpleType.STRING, SimpleType.STRING),
      (exchange, loop) -> new HeaderMap(exchange.requestHeaders())),
  SIZE("request.size", SimpleType.INT, (exchange, loop) -> size(exchange)),
  PROTOCOL("request.protocol", SimpleType.STRING, (exchange, loop) -> exchange.protocol()),
  ADDRESS("client.address", SimpleType.STRING, (exchange, loop) -> exchange.clientAddress()),
  CERTIFICATE(
      "client.certificate",
      SimpleType.STRING,
      (exchange, loop) -> certificate(exchange.client().certificate())),
  POLICY(
      "identity.policy",
      SimpleType.STRING,
      (exchange, loop) -> exchange.identity() == null ? "" : exchange.identity().policy()),
  SUBJECT(
      "identity.subject",
      SimpleType.STRING,
      (exchange, loop) -> exchange.identity() == null ? "" : exchange.identity().subject()),
  CONSUMER("identity.consumer", SimpleType.STRING, (exchange, loop) -> consumer(exchange)),
  GROUPS(
      "identity.groups",
      ListType.create(SimpleType.STRING),
      (exchange, loop) -> exchange.identity() == null ? List.of() : exchange.identity().groups()),
  LABELS(
      "identity.labels",
      MapType.create(SimpleType.STRING, SimpleType.STRING),
      (exchange, loop) -> exchange.identity() == null ? Map.of() : exchange.identity().labels()),
  SCOPES(
      "identity.scopes",
      ListType.create(SimpleType.STRING),
      (exchange, loop) -> exchange.identity() == null ? List.of() : exchange.identity().scopes()),
  CLAIMS(
      "identity.claims",
      MapType.create(SimpleType.STRING, SimpleType.DYN),
      (exchange, loop) -> exchange.identity() == null ? Map.of() : exchange.identity().claims()),
  ROUTE("route.name", SimpleType.STRING, (exchange, loop) -> orEmpty(exchange.route())),
  NOW(
      "time.now",
      SimpleType.TIMESTAMP,
      (exchange, loop) -> Instant.ofEpochMilli(loop.wallMillis()));

  private static final Map<String, Variable> BY_NAME = new HashMap<>();

  static {
    for (Variable variable : values()) {
      BY_NAME.put(variable.path, variable);
    }
  }

  private final String path;
  private final CelType type;
  private final Read read;

  /** Reads a variable. */
  private interface Read {
    Object of(Exchange exchange, Loop loop);
  }

  Variable(String path, CelType type, Read read) {
    this.path = path;
    this.type = type;
    this.read = read;
  }

  /** As it is written, such as {@code request.method}. */
  String path() {
    return path;
  }

  CelType type() {
    return type;
  }

  Object of(Exchange exchange, Loop loop) {
    return read.of(exchange, loop);
  }

  static @Nullable Variable named(String path) {
    return BY_NAME.get(path);
  }

  private static String consumer(Exchange exchange) {
    Identity identity = exchange.identity();
    return identity == null || identity.consumer() == null ? "" : identity.consumer().name();
  }

  private static String certificate(@Nullable ClientCertificate certificate) {
    return certificate == null ? "" : certificate.subject();
  }

  /** The length that was announced; -1 where none was. */
  private static long size(Exchange exchange) {
    String length = exchange.requestHeaders().get(HeaderName.CONTENT_LENGTH);
    // Of digits only and not too long, or the request would have been refused.
    return length == null ? -1 : Long.parseLong(length);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
