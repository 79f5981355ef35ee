package dev.headgate;

import dev.headgate.admin.NodeView;
import dev.headgate.admin.Readiness;
import dev.headgate.config.Route;
import dev.headgate.keyed.TopKeys;
import dev.headgate.snapshot.Action;
import dev.headgate.telemetry.LimitReport;
import dev.headgate.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What a node's admin endpoints show. */
final class NodePages implements NodeView {
  private static final int MOST_OFFENDERS = 50;

  private final JsonFactory json = new JsonFactory();
  private final Gateway gateway;
  private final String version;
  private final Supplier<Readiness.@Nullable Reload> lastReload;

  NodePages(Gateway gateway, String version, Supplier<Readiness.@Nullable Reload> lastReload) {
    this.gateway = gateway;
    this.version = version;
    this.lastReload = lastReload;
  }

  @Override
  public Readiness readiness() {
    double share = gateway.load().share();
    return new Readiness(
        gateway.ready() ? Readiness.State.SERVING : Readiness.State.DRAINING,
        gateway.snapshot().revision(),
        share > 0 ? new Readiness.Overload(share, gateway.load().reason()) : null,
        lastReload.get());
  }

  @Override
  public Page metrics(String accept) {
    Telemetry.Scraped scraped = gateway.telemetry().scrape(accept);
    return new Page(scraped.contentType(), scraped.body());
  }

  @Override
  public Page version() {
    return object(out -> {
      out.writeStringProperty("version", version);
      out.writeStringProperty("java", Runtime.version().toString());
      out.writeStringProperty("transport", gateway.transport());
    });
  }

  @Override
  public Page routes() {
    return object(out -> {
      out.writeNumberProperty("revision", gateway.snapshot().revision());
      out.writeArrayPropertyStart("routes");
      gateway.snapshot().config().routes().forEach((name, route) -> route(out, name, route));
      out.writeEndArray();
    });
  }

  private static void route(JsonGenerator out, String name, Route route) {
    out.writeStartObject();
    out.writeStringProperty("name", name);
    list(out, "host", route.match().host());
    out.writeStringProperty("path", route.match().path());
    list(out, "methods", route.match().methods());
    list(out, "headers", route.match().headers().keySet());
    list(out, "query", route.match().query().keySet());
    if (!route.auth().isEmpty()) {
      out.writeStringProperty("auth", String.join(", ", route.auth()));
    }
    goal(out, route);
    if (route.owner() != null) {
      out.writeStringProperty("owner", route.owner());
    }
    out.writeEndObject();
  }

  private static void goal(JsonGenerator out, Route route) {
    if (route.redirect() != null) {
      out.writeStringProperty("redirect", route.redirect().to());
    } else if (route.respond() != null) {
      out.writeNumberProperty("respond", route.respond().status());
    } else {
      out.writeObjectPropertyStart("to");
      route.to().forEach(target -> out.writeNumberProperty(target.upstream(), target.weight()));
      out.writeEndObject();
      if (route.mirror() != null) {
        out.writeStringProperty("mirror", route.mirror().to());
      }
    }
  }

  private static void list(JsonGenerator out, String name, Collection<String> values) {
    if (!values.isEmpty()) {
      out.writeArrayPropertyStart(name);
      values.forEach(out::writeString);
      out.writeEndArray();
    }
  }

  @Override
  public Page keys(@Nullable String consumer, int from) {
    return object(out -> new KeysPage(out, consumer, from).write(gateway));
  }

  @Override
  public Page limits() {
    return object(out -> {
      out.writeArrayPropertyStart("limits");
      gateway.telemetry().limits(MOST_OFFENDERS).forEach(limit -> limit(out, limit));
      out.writeEndArray();
    });
  }

  private static void limit(JsonGenerator out, LimitReport limit) {
    out.writeStartObject();
    out.writeStringProperty("limit", limit.limit());
    out.writeNumberProperty("within", limit.within());
    out.writeNumberProperty("delayed", limit.delayed());
    out.writeNumberProperty("over", limit.over());
    out.writeArrayPropertyStart("top");
    for (TopKeys.Seen seen : limit.top()) {
      out.writeStartObject();
      out.writeStringProperty("who", seen.name());
      out.writeNumberProperty("over", seen.most());
      out.writeNumberProperty("atLeast", seen.least());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  @Override
  public Page upstreams() {
    return object(out ->
        new UpstreamsPage(out, gateway.now(), System.nanoTime())
            .write(
                gateway.snapshot().upstreams().stream()
                    .map(Action.NamedUpstream::health)
                    .toList()));
  }

  @Override
  public Page config() {
    byte[] yaml = gateway.effectiveConfig().getBytes(StandardCharsets.UTF_8);
    return new Page(Page.YAML, yaml);
  }

  private Page object(Consumer<JsonGenerator> properties) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
      out.writeStartObject();
      properties.accept(out);
      out.writeEndObject();
    }
    bytes.write('\n');
    return new Page(Page.JSON, bytes.toByteArray());
  }
}
