package dev.headgate.cli;

import dev.headgate.config.Route;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What happens to one request, as one line of JSON for programs. The form is described in
 * docs/explain.md: properties are added to it, and none is renamed or taken away.
 */
final class ExplainedJson {
  private final JsonGenerator out;

  private ExplainedJson(JsonGenerator out) {
    this.out = out;
  }

  static String of(Explained explained) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      new ExplainedJson(out).write(explained);
    }
    return text.toString();
  }

  private void write(Explained explained) {
    out.writeStartObject();
    object(
        "request",
        () -> {
          AskedRequest request = explained.request();
          out.writeStringProperty("method", request.method());
          out.writeStringProperty("scheme", request.scheme());
          out.writeStringProperty("authority", request.authority());
          out.writeStringProperty("target", request.target());
          out.writeStringProperty("peer", request.client().getHostAddress());
        });
    if (explained.listener() != null) {
      out.writeStringProperty("listener", explained.listener());
    }
    out.writeStringProperty("client", explained.client());
    if (explained.path() != null) {
      out.writeStringProperty("path", explained.path());
    }
    Explained.Taken route = explained.route();
    if (route != null) {
      object(
          "route",
          () -> {
            out.writeStringProperty("name", route.name());
            out.writeStringProperty("place", route.place().toString());
            out.writeNumberProperty("bodyLimit", route.bodyLimit());
            changes(route.responseChanges());
          });
    }
    array(
        "considered",
        explained.others(),
        other -> {
          out.writeStringProperty("route", other.route());
          out.writeStringProperty("lost", other.loss().text());
        });
    array(
        "policies",
        explained.notes(),
        note -> {
          out.writeStringProperty("stage", note.stage().word());
          out.writeStringProperty("says", note.text());
        });
    strings("missing", explained.missing().stream().map(URI::toString).toList());
    object("outcome", () -> outcome(explained.outcome()));
    out.writeEndObject();
  }

  private void changes(Route.Changes changes) {
    object(
        "responseHeaders",
        () -> {
          strings("remove", changes.remove());
          map("set", changes.set());
          map("add", changes.add());
        });
  }

  private void outcome(Explained.Outcome outcome) {
    switch (outcome) {
      case Explained.Closed closed -> {
        kind("closed", Stage.ACCEPT);
        out.writeStringProperty("reason", closed.reason());
      }
      case Explained.Refused(Failure failure) -> {
        kind("refused", failure.stage());
        out.writeNumberProperty("status", failure.status());
        out.writeStringProperty("reason", failure.reason());
        out.writeStringProperty("failedBy", failure.source().word());
        out.writeStringProperty("detail", failure.detail());
      }
      case Explained.Answered answered -> {
        kind("answered", Stage.RESPOND);
        out.writeNumberProperty("status", answered.status());
        out.writeNumberProperty("bodyBytes", answered.bodyBytes());
        if (answered.location() != null) {
          out.writeStringProperty("location", answered.location());
        }
      }
      case Explained.Forwarded forwarded -> {
        kind("forwarded", Stage.FORWARD);
        out.writeStringProperty("method", forwarded.method());
        out.writeStringProperty("target", forwarded.target());
        array(
            "headers",
            forwarded.fields(),
            field -> {
              out.writeStringProperty("name", field.name());
              out.writeStringProperty("value", field.value());
            });
        array(
            "to",
            forwarded.targets(),
            target -> {
              out.writeStringProperty("upstream", target.upstream());
              out.writeNumberProperty("weight", target.weight());
              strings("endpoints", target.endpoints().stream().map(URI::toString).toList());
              out.writeStringProperty("host", target.host().toString());
              strings("again", target.again());
              if (target.hedge() != null) {
                out.writeStringProperty("hedge", target.hedge());
              }
            });
        Route.Mirror mirror = forwarded.mirror();
        if (mirror != null) {
          object(
              "mirror",
              () -> {
                out.writeStringProperty("upstream", mirror.to());
                out.writeStringProperty("share", mirror.share().toString());
              });
        }
      }
    }
  }

  private void kind(String kind, Stage stage) {
    out.writeStringProperty("kind", kind);
    out.writeStringProperty("stage", stage.word());
  }

  private void object(String name, Runnable properties) {
    out.writeName(name);
    out.writeStartObject();
    properties.run();
    out.writeEndObject();
  }

  private <T> void array(String name, List<T> items, Consumer<T> properties) {
    out.writeName(name);
    out.writeStartArray();
    for (T item : items) {
      out.writeStartObject();
      properties.accept(item);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void strings(String name, List<String> items) {
    out.writeName(name);
    out.writeStartArray();
    items.forEach(out::writeString);
    out.writeEndArray();
  }

  private void map(String name, Map<String, String> entries) {
    object(name, () -> entries.forEach(out::writeStringProperty));
  }
}
