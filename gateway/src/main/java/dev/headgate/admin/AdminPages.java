package dev.headgate.admin;

import dev.headgate.admin.NodeView.Page;
import dev.headgate.config.Problem;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Which page answers which path. */
final class AdminPages {
  private static final String INDEX =
      """
      Headgate

      /livez     whether the process lives
      /readyz    whether it should be sent traffic, and what came of the last reload
      /metrics   Prometheus or OpenMetrics text
      /config    the effective configuration, secrets masked
      /routes    the routes that are served
      /upstreams how each endpoint stands, and why
      /keys      the API keys and when each was last used; ?consumer=NAME for one consumer's
      /limits    what limits have said, and who was over them most in the last minutes
      /version   which Headgate this is
      """;

  private static final String BAD_REQUEST = "admin.bad_request";

  private final JsonFactory json = new JsonFactory();
  private final NodeView node;

  /** A page with its status. */
  record Answer(HttpResponseStatus status, Page page) {}

  AdminPages(NodeView node) {
    this.node = node;
  }

  /**
   * Answers a GET or HEAD.
   *
   * @param target the request's
   * @param accept the Accept field; empty if there is none
   */
  Answer answer(String target, String accept) {
    QueryStringDecoder asked = new QueryStringDecoder(target);
    return switch (asked.rawPath()) {
      case "/" -> ok(text(INDEX));
      case "/livez" -> ok(text("ok\n"));
      case "/readyz" -> readyz(node.readiness());
      case "/metrics" -> ok(node.metrics(accept));
      case "/config" -> ok(node.config());
      case "/routes" -> ok(node.routes());
      case "/upstreams" -> ok(node.upstreams());
      case "/keys" -> keys(asked);
      case "/limits" -> ok(node.limits());
      case "/version" -> ok(node.version());
      default ->
          problem(HttpResponseStatus.NOT_FOUND, "admin.unknown_path", "GET / lists what is here");
    };
  }

  private Answer keys(QueryStringDecoder asked) {
    Map<String, List<String>> parameters;
    try {
      parameters = asked.parameters();
    } catch (IllegalArgumentException e) {
      return problem(HttpResponseStatus.BAD_REQUEST, BAD_REQUEST, "the query is malformed");
    }
    String from = only(parameters, "from");
    int start = from == null ? 0 : whole(from);
    return start >= 0
        ? ok(node.keys(only(parameters, "consumer"), start))
        : problem(HttpResponseStatus.BAD_REQUEST, BAD_REQUEST, "'from' is a whole number");
  }

  /** A number of 0 or more; -1 for anything else. */
  private static int whole(String text) {
    try {
      return Math.max(-1, Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static @Nullable String only(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.getFirst();
  }

  private Answer readyz(Readiness readiness) {
    HttpResponseStatus status =
        readiness.ready() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
    return new Answer(
        status,
        json(
            Page.JSON,
            out -> {
              out.writeBooleanProperty("ready", readiness.ready());
              out.writeStringProperty("state", readiness.state().word());
              out.writeNumberProperty("revision", readiness.revision());
              Readiness.Overload overload = readiness.overload();
              if (overload != null) {
                out.writeObjectPropertyStart("overload");
                out.writeNumberProperty("shedding", overload.share());
                out.writeStringProperty("reason", overload.reason());
                out.writeEndObject();
              }
              if (readiness.lastReload() != null) {
                out.writeObjectPropertyStart("lastReload");
                reload(out, readiness.lastReload());
                out.writeEndObject();
              }
            }));
  }

  private static void reload(JsonGenerator out, Readiness.Reload reload) {
    out.writeNumberProperty("count", reload.count());
    out.writeStringProperty("at", reload.at().toString());
    out.writeStringProperty("result", reload.applied() ? "applied" : "refused");
    out.writeArrayPropertyStart("problems");
    for (Problem problem : reload.problems()) {
      out.writeStartObject();
      out.writeStringProperty("severity", problem.severity().name().toLowerCase(Locale.ROOT));
      out.writeStringProperty("file", problem.file());
      out.writeNumberProperty("line", problem.line());
      out.writeNumberProperty("column", problem.column());
      out.writeStringProperty("path", problem.path());
      out.writeStringProperty("message", problem.message());
      out.writeStringProperty("hint", problem.hint());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  /** An RFC 9457 problem. */
  Answer problem(HttpResponseStatus status, String reason, String detail) {
    return new Answer(
        status,
        json(
            "application/problem+json",
            out -> {
              out.writeNumberProperty("status", status.code());
              out.writeStringProperty("title", status.reasonPhrase());
              out.writeStringProperty("reason", reason);
              out.writeStringProperty("detail", detail);
            }));
  }

  private static Answer ok(Page page) {
    return new Answer(HttpResponseStatus.OK, page);
  }

  private static Page text(String text) {
    return new Page(Page.TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private Page json(String contentType, Consumer<JsonGenerator> properties) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
      out.writeStartObject();
      properties.accept(out);
      out.writeEndObject();
    }
    bytes.write('\n');
    return new Page(contentType, bytes.toByteArray());
  }
}
