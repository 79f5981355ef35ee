package dev.headgate.policy.opa;

import dev.headgate.callout.Masked;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Query;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What OPA is told of a request: {@code input.attributes}, {@code parsed_path} and {@code
 * parsed_query} as its plugin for Envoy has them, and with it {@code identity} and {@code route}.
 * Immutable.
 */
final class Input {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final List<HeaderName> send;

  Input(List<String> send) {
    this.send = send.stream().map(HeaderName::of).toList();
  }

  /**
   * @param masked without secrets, for people
   */
  byte[] of(Exchange exchange, boolean masked) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator out =
        FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      out.writeStartObject();
      out.writeObjectPropertyStart("input");
      out.writeObjectPropertyStart("attributes");
      source(exchange, out);
      request(exchange, masked, out);
      out.writeEndObject();
      path(exchange, out);
      query(exchange, masked, out);
      identity(exchange.identity(), masked, out);
      out.writeObjectPropertyStart("route");
      out.writeStringProperty("name", exchange.route());
      out.writeEndObject();
      out.writeEndObject();
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void source(Exchange exchange, JsonGenerator out) {
    out.writeObjectPropertyStart("source");
    out.writeObjectPropertyStart("address");
    out.writeObjectPropertyStart("socketAddress");
    out.writeStringProperty("address", exchange.clientAddress());
    out.writeNumberProperty("portValue", exchange.client().port());
    out.writeEndObject();
    out.writeEndObject();
    out.writeEndObject();
  }

  private void request(Exchange exchange, boolean masked, JsonGenerator out) {
    String target =
        exchange.query() == null ? exchange.path() : exchange.path() + "?" + exchange.query();
    out.writeObjectPropertyStart("request");
    out.writeObjectPropertyStart("http");
    out.writeStringProperty("id", exchange.requestId());
    out.writeStringProperty("method", exchange.method());
    out.writeStringProperty("scheme", exchange.scheme());
    out.writeStringProperty("host", exchange.authority());
    out.writeStringProperty("path", masked ? Masked.target(target) : target);
    out.writeStringProperty("protocol", exchange.protocol());
    out.writeObjectPropertyStart("headers");
    fields(exchange.requestHeaders())
        .forEach((name, value) ->
            out.writeStringProperty(name, masked ? Masked.value(name, value) : value));
    out.writeEndObject();
    out.writeEndObject();
    out.writeEndObject();
  }

  /** By their names in lower case; several of one name are joined (RFC 9110 section 5.3). */
  private Map<String, String> fields(Headers headers) {
    Map<String, String> fields = new TreeMap<>();
    headers.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (send.isEmpty() || send.contains(HeaderName.of(lower))) {
        fields.merge(lower, value, (a, b) -> a + (lower.equals("cookie") ? "; " : ",") + b);
      }
    });
    return fields;
  }

  private static void path(Exchange exchange, JsonGenerator out) {
    out.writeArrayPropertyStart("parsed_path");
    String path = exchange.path();
    Arrays.stream(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1))
        .forEach(out::writeString);
    out.writeEndArray();
  }

  private static void query(Exchange exchange, boolean masked, JsonGenerator out) {
    out.writeObjectPropertyStart("parsed_query");
    String query = exchange.query();
    if (query != null) {
      Query.values(query)
          .forEach((name, values) -> {
            out.writeArrayPropertyStart(name);
            values.forEach(value -> out.writeString(masked ? "***" : value));
            out.writeEndArray();
          });
    }
    out.writeEndObject();
  }

  private static void identity(@Nullable Identity identity, boolean masked, JsonGenerator out) {
    if (identity == null) {
      out.writeNullProperty("identity");
      return;
    }
    out.writeObjectPropertyStart("identity");
    out.writeStringProperty("policy", identity.policy());
    out.writeStringProperty("subject", identity.subject());
    out.writeName("consumer");
    if (identity.consumer() == null) {
      out.writeNull();
    } else {
      out.writeString(identity.consumer().name());
    }
    out.writeName("groups");
    value(identity.groups(), out);
    out.writeName("labels");
    value(identity.labels(), out);
    out.writeName("scopes");
    value(identity.scopes(), out);
    if (!masked) {
      out.writeName("claims");
      value(identity.claims(), out);
    }
    out.writeEndObject();
  }

  private static void value(@Nullable Object value, JsonGenerator out) {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        map.forEach((name, below) -> {
          out.writeName(name.toString());
          value(below, out);
        });
        out.writeEndObject();
      }
      case List<?> list -> {
        out.writeStartArray();
        list.forEach(below -> value(below, out));
        out.writeEndArray();
      }
      case Boolean truth -> out.writeBoolean(truth);
      case Long whole -> out.writeNumber(whole);
      case Double number -> out.writeNumber(number);
      default -> out.writeString(value.toString());
    }
  }
}
