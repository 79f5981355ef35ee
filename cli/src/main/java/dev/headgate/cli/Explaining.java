package dev.headgate.cli;

import dev.headgate.config.Listener;
import dev.headgate.config.Upstream;
import dev.headgate.config.read.Sources;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.Stage;
import dev.headgate.flow.ClientAddress;
import dev.headgate.flow.Decisions;
import dev.headgate.http.BadMessage;
import dev.headgate.retry.RetryRules;
import dev.headgate.route.Explanation;
import dev.headgate.route.RouteRequest;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.CompiledRoute;
import dev.headgate.snapshot.Snapshot;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes one request through the stages that live traffic goes through, without a socket. */
final class Explaining {
  private static final byte[] NO_BODY = {};

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "cookie", "x-api-key");

  private final AskedRequest request;
  private final Snapshot snapshot;
  private final Sources places;
  private final OfflineLoop loop;
  private final @Nullable String listener;
  private final byte @Nullable [] body;
  private final List<Explained.Note> notes = new ArrayList<>();

  /**
   * @param wanted the listener that the request comes in by; null for the first that fits
   * @param body of the request; null if there is none
   * @throws IllegalArgumentException if there is no listener of that name
   */
  Explaining(
      AskedRequest request,
      Snapshot snapshot,
      Sources places,
      OfflineLoop loop,
      @Nullable String wanted,
      byte @Nullable [] body) {
    this.body = body;
    this.request = request;
    this.snapshot = snapshot;
    this.places = places;
    this.loop = loop;
    this.listener = wanted == null ? fitting() : known(wanted);
  }

  private String known(String wanted) {
    Set<String> names = snapshot.config().listeners().keySet();
    if (!names.contains(wanted)) {
      throw new IllegalArgumentException(
          "there is no listener '" + wanted + "', but " + String.join(", ", names));
    }
    return wanted;
  }

  /**
   * The first that speaks what the URL says; else, as behind something that ends TLS, the first.
   */
  private @Nullable String fitting() {
    Map<String, Listener> listeners = snapshot.config().listeners();
    return listeners.entrySet().stream()
        .filter(one -> (one.getValue().tls() != null) == request.secure())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(listeners.keySet().stream().findFirst().orElse(null));
  }

  /**
   * What would happen.
   *
   * @param shown the certificate that the client has, with its chain; empty if it has none
   * @throws IllegalArgumentException if the listener's authorities cannot be read
   */
  Explained explained(List<X509Certificate> shown) {
    Listener rules = listener == null ? null : snapshot.config().listeners().get(listener);
    if (rules != null && !ClientAddress.mayConnect(rules, request.client())) {
      return told(null, null, null, List.of(), new Explained.Closed("address.denied"));
    }
    ShownCertificate handshake = ShownCertificate.to(rules, shown, places.folder());
    notes.addAll(handshake.notes());
    if (handshake.refused()) {
      return told(null, null, null, List.of(), new Explained.Closed("tls.client_certificate"));
    }
    Exchange exchange;
    try {
      exchange = request.exchange(listener == null ? "" : listener, handshake.certificate());
    } catch (BadMessage e) {
      return told(
          null,
          null,
          null,
          List.of(),
          new Explained.Refused(Failure.client(Stage.READ, e.status(), e.reason(), e.detail())));
    }
    if (rules != null) {
      ClientAddress.identify(exchange, rules);
    }
    exchange.explainTo((stage, text) -> notes.add(new Explained.Note(stage, text)));
    Decisions decisions = new Decisions(snapshot, exchange, new LoopPolicies(loop));
    Decision decision = decided(decisions);
    if (body != null
        && decision instanceof Decision.Continue
        && decisions.route().action() instanceof Action.Forward) {
      Failure refused = decisions.inspect(body);
      decision = refused == null ? decision : Decision.fail(refused);
    }
    decisions.end();
    Explained.Outcome outcome =
        decision instanceof Decision.Fail(Failure why, var _)
            ? new Explained.Refused(why)
            : decision instanceof Decision.Respond own
                ? new Explained.Answered(own.status(), own.body().length, null)
                : action(exchange, decisions);
    Stage failed = outcome instanceof Explained.Refused(Failure why) ? why.stage() : null;
    if (failed == Stage.READ) {
      return told(exchange, null, null, List.of(), outcome);
    }
    Explained.Taken route = failed == Stage.ROUTE ? null : taken(exchange, decisions.route());
    return told(exchange, exchange.path(), route, considered(exchange), outcome);
  }

  private Explained told(
      @Nullable Exchange exchange,
      @Nullable String path,
      Explained.@Nullable Taken route,
      List<Explanation.Considered> others,
      Explained.Outcome outcome) {
    String client = exchange == null ? request.client().getHostAddress() : exchange.clientAddress();
    return new Explained(
        request,
        listener,
        client,
        path,
        route,
        others,
        List.copyOf(notes),
        List.copyOf(loop.unanswered()),
        outcome);
  }

  /** Runs the stages, with the body that there is. */
  private Decision decided(Decisions decisions) {
    Decision decision = decisions.decide();
    while (true) {
      switch (decision) {
        case Decision.Await await -> decision = decisions.resume(awaited(await, decisions));
        case Decision.TakeBody take ->
            decision = decisions.taken(take, body == null ? NO_BODY : body);
        case Decision.AwaitBody wanted -> {
          Failure refused = body == null ? null : wanted.reader().piece(ByteBuffer.wrap(body));
          refused = refused == null ? wanted.reader().end() : refused;
          decision = decisions.resume(refused == null ? Decision.CONTINUE : Decision.fail(refused));
        }
        case Decision.Continue _, Decision.Respond _, Decision.Fail _ -> {
          return decision;
        }
      }
    }
  }

  /** A policy has as long to decide as live, but nobody sits through that. */
  private Decision awaited(Decision.Await await, Decisions decisions) {
    Decision[] made = {await};
    await.then(later -> made[0] = later);
    loop.runUntil(() -> made[0] != await, Decisions.PATIENCE_NANOS);
    if (made[0] == await) {
      await.cancel();
      made[0] = Decision.fail(decisions.overdue());
    }
    return made[0];
  }

  private List<Explanation.Considered> considered(Exchange exchange) {
    RouteRequest asked =
        new RouteRequest(
            exchange.host(),
            exchange.path(),
            exchange.method(),
            request.headers(),
            exchange.query());
    return snapshot.router().explain(asked).considered();
  }

  private Explained.Taken taken(Exchange exchange, CompiledRoute route) {
    String name = Objects.requireNonNull(exchange.route());
    return new Explained.Taken(
        name, places.at("routes." + name), route.bodyLimit(), route.config().headers().response());
  }

  private static Explained.Outcome action(Exchange exchange, Decisions decisions) {
    return switch (decisions.route().action()) {
      case Action.Forward forward -> {
        List<Explained.Field> fields = new ArrayList<>();
        exchange
            .requestHeaders()
            .forEach((name, value) -> fields.add(new Explained.Field(name, shown(name, value))));
        yield new Explained.Forwarded(
            exchange.method(),
            decisions.upstreamTarget(),
            fields,
            targets(exchange, decisions, forward),
            exchange.webSocket() ? null : decisions.route().config().mirror());
      }
      case Action.Redirect redirect ->
          new Explained.Answered(redirect.status(), 0, decisions.location(redirect));
      case Action.Respond respond ->
          new Explained.Answered(respond.status(), respond.body().length, null);
    };
  }

  /**
   * Those that the request may go to: one if something says which, else all that chance may take.
   */
  private static List<Explained.Target> targets(
      Exchange exchange, Decisions decisions, Action.Forward forward) {
    CompiledRoute route = decisions.route();
    List<Explained.Target> targets = new ArrayList<>();
    for (int i = 0; i < forward.targets().size(); i++) {
      if (decisions.side() >= 0 && decisions.side() != i) {
        continue;
      }
      Action.NamedUpstream upstream = forward.targets().get(i);
      targets.add(
          new Explained.Target(
              upstream.name(),
              route.config().to().get(i).weight(),
              upstream.config().endpoints().stream().map(endpoint -> endpoint.url()).toList(),
              upstream.config().host(),
              new RetryRules(upstream.config().retry(), 1, 0)
                  .words(exchange.method(), exchange.requestHeaders()),
              hedge(exchange, upstream.config())));
    }
    return targets;
  }

  private static @Nullable String hedge(Exchange exchange, Upstream upstream) {
    Upstream.Hedge hedge = upstream.hedge();
    return hedge != null && exchange.bodiless() && RetryRules.reads(exchange.method())
        ? hedge.after().toString()
        : null;
  }

  /** Credentials are not shown, not even to whoever typed them. */
  private static String shown(String name, String value) {
    return CREDENTIALS.contains(name.toLowerCase(Locale.ROOT)) ? "***" : value;
  }
}
