package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Listener;
import dev.headgate.config.Priority;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.BadMessage;
import dev.headgate.http.CanonicalPath;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.MessageRules;
import dev.headgate.http.RefusedPath;
import dev.headgate.overload.Shedding;
import dev.headgate.route.PathRewrite;
import dev.headgate.route.RouteRequest;
import dev.headgate.route.Routing;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.CompiledRoute;
import dev.headgate.snapshot.Fallback;
import dev.headgate.snapshot.PolicyChain;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.split.Splitter;
import dev.headgate.upstream.UpstreamRequest;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All that is decided about a request without sending anything, stage by stage: {@code read},
 * {@code route}, {@code admit}, what the route's policies say ({@link AskedPolicies}), {@code
 * transform}, and {@code respond} on the way back. It touches no socket, so that {@code headgate
 * explain} and the live flow run the same lines.
 *
 * <p>A stage of its own gives back the failure that ends the request there, or null.
 */
@LoopConfined
public final class Decisions {
  /** How long a policy may take to decide that forgets its own bounds. */
  public static final long PATIENCE_NANOS = 30_000_000_000L;

  private static final int LATEST_RETRY_SECONDS = 3;

  private final Snapshot snapshot;
  private final Exchange exchange;
  private final LoopPolicies loopPolicies;
  private @Nullable AskedPolicies asked;
  private Routing.@Nullable Found<CompiledRoute> chosen;
  private List<String> allow = List.of();
  private String upstreamTarget = "";
  private @Nullable CallerDeadline callerDeadline;
  private int side = Splitter.BY_CHANCE;

  /** Whether the route was chosen for a preflight, and takes no requests with its method. */
  private boolean onlyPreflight;

  /**
   * @param policies the instances of the loop that decides
   */
  public Decisions(Snapshot snapshot, Exchange exchange, LoopPolicies policies) {
    this.snapshot = snapshot;
    this.exchange = exchange;
    this.loopPolicies = policies;
    exchange.revision(snapshot.revision());
    exchange.guessLimit(snapshot.guessLimit());
  }

  /**
   * Runs the stages in order, up to the first that does not continue. After {@link Decision.Await},
   * {@link #resume} goes on, after {@link Decision.TakeBody} {@link #taken}.
   */
  public Decision decide() {
    Failure failure = read();
    if (failure == null) {
      failure = chooseRoute();
    }
    if (failure == null) {
      failure = admit();
    }
    if (failure != null) {
      return Decision.fail(failure);
    }
    removeIdentityHeaders();
    PolicyChain chain = route().policies();
    if (chain.size() > 0) {
      asked = new AskedPolicies(chain, exchange, loopPolicies);
      return finish(asked.proceed());
    }
    return finish(Decision.CONTINUE);
  }

  /**
   * Nobody, nor a policy that is asked, shall take what a caller claims for what is known of it.
   */
  private void removeIdentityHeaders() {
    List<HeaderName> names = snapshot.identityHeaders();
    for (int i = 0; i < names.size(); i++) {
      exchange.requestHeaders().remove(names.get(i));
    }
  }

  /** Goes on with what a policy has decided for which the request waited. */
  public Decision resume(Decision decided) {
    return finish(Objects.requireNonNull(asked).resume(decided));
  }

  /** Goes on with the body that a policy has asked for. */
  public Decision taken(Decision.TakeBody take, byte[] body) {
    return Objects.requireNonNull(asked).taken(take, body);
  }

  private Decision finish(Decision decision) {
    if (decision instanceof Decision.Continue) {
      if (onlyPreflight) {
        return Decision.fail(
            Failure.client(Stage.ROUTE, 405, "route.method", "no route takes this method here"));
      }
      chooseSide();
      transform();
    }
    return decision;
  }

  /** Before the transformation, which may take away what names the side. */
  private void chooseSide() {
    if (route().action() instanceof Action.Forward forward && forward.split() != null) {
      side = forward.split().on(loopPolicies).side(exchange);
    }
    if (exchange.explained()
        && route().action() instanceof Action.Forward forward
        && forward.fallback() != null) {
      exchange.note(Stage.FORWARD, "if it does not answer, " + forward.fallback());
    }
  }

  /**
   * What stands in for the upstream after that, if anything does.
   *
   * @param word as users write it under {@code on}
   */
  @Nullable Fallback fallback(String word) {
    Fallback instead =
        route().action() instanceof Action.Forward forward ? forward.fallback() : null;
    return instead != null
            && exchange.fallback() == null
            && instead.takes(word, exchange.method())
            && (instead.to() == null || !instead.to().name().equals(exchange.upstream()))
        ? instead
        : null;
  }

  /** The number of the target that the request belongs to; {@link Splitter#BY_CHANCE} for any. */
  public int side() {
    return side;
  }

  /** The upstream that gets the request. */
  public Action.NamedUpstream target(Action.Forward forward, RandomGenerator random) {
    return side >= 0 ? forward.targets().get(side) : forward.choose(random);
  }

  /** The route that takes the request; only if there is one. */
  public CompiledRoute route() {
    return Objects.requireNonNull(chosen).payload();
  }

  /** What it means if the policy that the request waits for does not decide in time. */
  public Failure overdue() {
    return Objects.requireNonNull(asked).overdue();
  }

  /** The head of the request as it goes to that upstream. */
  UpstreamRequest upstreamRequest(Action.NamedUpstream upstream) {
    return new UpstreamRequest(
        exchange.method(),
        exchange.scheme(),
        upstream.config().host().of(exchange.authority()),
        upstreamTarget,
        exchange.requestHeaders(),
        exchange.webSocket());
  }

  /** Path and query as they go to the upstream. */
  public String upstreamTarget() {
    return upstreamTarget;
  }

  /** Where the route's redirect points to. */
  public String location(Action.Redirect redirect) {
    return redirect.to().apply(exchange.host(), exchange.path(), exchange.query());
  }

  /** How long the caller waits; null if it does not say. */
  @Nullable CallerDeadline callerDeadline() {
    return callerDeadline;
  }

  // read: the path in its one canonical form

  private @Nullable Failure read() {
    if (exchange.ambiguousCaller()) {
      return Failure.client(
          Stage.READ, 400, "forwarded.ambiguous", "Forwarded and X-Forwarded-For do not agree");
    }
    String raw = exchange.target();
    int question = raw.indexOf('?');
    String query = question < 0 ? null : raw.substring(question + 1);
    String path = question < 0 ? raw : raw.substring(0, question);
    if (path.equals("*")) {
      exchange.path(path, query);
      return null;
    }
    try {
      exchange.path(CanonicalPath.of(path), query);
      return null;
    } catch (RefusedPath e) {
      return Failure.client(Stage.READ, 400, e.refusal().reason(), e.refusal().detail());
    }
  }

  // route: which route takes the request

  private @Nullable Failure chooseRoute() {
    Routing<CompiledRoute> routing = preflightRoute();
    return switch (routing != null ? routing : match(exchange.method())) {
      case Routing.Found<CompiledRoute> found -> {
        chosen = found;
        exchange.route(found.route().name());
        exchange.routePath(found.route().template());
        exchange.path(found.path(), exchange.query());
        yield null;
      }
      case Routing.WrongMethod<CompiledRoute> wrong -> {
        allow = wrong.allow();
        yield Failure.client(Stage.ROUTE, 405, "route.method", "no route takes this method here");
      }
      case Routing.NoRoute<CompiledRoute> _ ->
          Failure.client(Stage.ROUTE, 404, "route.none", "no route takes this host and path");
      case Routing.Refused<CompiledRoute> refused -> {
        exchange.route(refused.route().name());
        yield Failure.client(
            Stage.ROUTE, 400, refused.refusal().reason(), refused.refusal().detail());
      }
    };
  }

  private Routing<CompiledRoute> match(String method) {
    return snapshot
        .router()
        .match(
            new RouteRequest(
                exchange.host(),
                exchange.path(),
                method,
                exchange.requestHeaders(),
                exchange.query()));
  }

  /**
   * The route of the request that a CORS preflight asks about, if its policies answer preflights;
   * else null. Nothing but that answer may come of it: see {@link #finish}.
   */
  private @Nullable Routing<CompiledRoute> preflightRoute() {
    String asksFor = exchange.preflightMethod();
    if (asksFor == null
        || !(match(asksFor) instanceof Routing.Found<CompiledRoute> found)
        || !found.payload().policies().answersPreflights()) {
      return null;
    }
    List<String> methods = found.payload().config().match().methods();
    onlyPreflight = !methods.isEmpty() && !methods.contains("OPTIONS");
    return found;
  }

  // admit: what can be said without knowing who calls

  private @Nullable Failure admit() {
    Failure shed = shed(loopPolicies.loop().shedding());
    if (shed != null) {
      return shed;
    }
    Headers headers = exchange.requestHeaders();
    CompiledRoute route = route();
    if (exchange.trustedPeer() && !mayCall()) {
      return Failure.client(
          Stage.ADMIT, 403, "address.denied", "the client's address may not call");
    }
    if (headers.has(HeaderName.CONTENT_LENGTH)) {
      try {
        if (MessageRules.contentLength(headers) > route.bodyLimit()) {
          return Failure.client(
              Stage.ADMIT,
              413,
              "body.too_large",
              "a body of more than " + route.bodyLimit() + " bytes");
        }
      } catch (BadMessage e) {
        return Failure.client(Stage.READ, e.status(), e.reason(), e.detail());
      }
    }
    if (exchange.webSocket() && !route.config().websocket()) {
      return Failure.client(Stage.ADMIT, 403, "websocket.refused", "the route relays no WebSocket");
    }
    callerDeadline = CallerDeadline.of(exchange, route);
    return callerDeadline == null ? null : callerDeadline.refusal(exchange);
  }

  /** Turns the request away if there is no room for it, whoever calls. */
  private @Nullable Failure shed(Shedding shedding) {
    if (exchange.explained() && route().config().priority() != Priority.DEFAULT) {
      exchange.note(Stage.ADMIT, "priority " + route().config().priority().word());
    }
    long start = exchange.startNanos();
    if (!shedding.active(start)) {
      return null;
    }
    Priority own = route().config().priority();
    Priority highest = route().highestPriority();
    // Who calls may have another priority: that is asked again at limit, unless it cannot help.
    boolean open = route().policies().asksForPriority() && !shedding.wouldShed(highest, start);
    return !open && shedding.sheds(own, start) ? Failure.shed(Stage.ADMIT, own) : null;
  }

  /** A proxy's connection was let in for what its clients may do. */
  private boolean mayCall() {
    Listener listener = snapshot.config().listeners().get(exchange.client().listener());
    return listener == null || listener.addresses().allows(exchange.address());
  }

  /**
   * What it means that a policy refuses the body: nothing but a report in report mode.
   *
   * @return null if the request goes on
   */
  @Nullable Failure refused(Policy owner, Failure failure) {
    return Objects.requireNonNull(asked).refused(owner, failure);
  }

  /**
   * Shows a whole body to those who look at it while it passes, where there is no upstream.
   *
   * @return why the request is refused; null if it goes on
   */
  public @Nullable Failure inspect(byte[] body) {
    BodyInspection inspecting = BodyInspection.of(exchange, this);
    if (inspecting == null) {
      return null;
    }
    Failure refused = inspecting.piece(Unpooled.wrappedBuffer(body));
    return refused != null ? refused : inspecting.end();
  }

  // transform: the request as the upstream gets it

  private void transform() {
    Headers headers = exchange.requestHeaders();
    if (asked != null) {
      asked.forward();
    }
    headers.remove(HeaderName.HOST);
    String address = exchange.client().peerText();
    if (exchange.trustedPeer()) {
      headers.add(HeaderName.X_FORWARDED_FOR, address);
      if (headers.has(HeaderName.FORWARDED)) {
        String node = address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
        String proto = exchange.client().secure() ? "https" : "http";
        headers.add(HeaderName.FORWARDED, "for=" + node + ";proto=" + proto);
      }
      headers.set(HeaderName.X_FORWARDED_PROTO, exchange.scheme());
      if (!headers.has(HeaderName.X_FORWARDED_HOST)) {
        headers.add(HeaderName.X_FORWARDED_HOST, exchange.authority());
      }
    } else {
      headers.remove(HeaderName.FORWARDED);
      headers.remove(HeaderName.X_FORWARDED_PORT);
      headers.remove(HeaderName.X_REAL_IP);
      headers.set(HeaderName.X_FORWARDED_FOR, address);
      headers.set(HeaderName.X_FORWARDED_PROTO, exchange.scheme());
      headers.set(HeaderName.X_FORWARDED_HOST, exchange.authority());
    }
    headers.add(
        HeaderName.VIA, exchange.protocol().startsWith("HTTP/2") ? "2 headgate" : "1.1 headgate");
    route().request().apply(headers);
    String query = exchange.query();
    PathRewrite rewrite = route().rewrite();
    String path = rewrite == null ? exchange.path() : rewrite.apply(exchange.path());
    upstreamTarget = query == null ? path : path + "?" + query;
    if (exchange.explained()) {
      LoadNotes.add(exchange, route());
    }
  }

  // respond: the answer as the client gets it

  /** Changes the header fields of an answer, whoever made it. */
  public void respond(Headers headers) {
    exchange.responseHeaders(headers);
    if (asked != null) {
      asked.respond();
    }
    Routing.Found<CompiledRoute> found = chosen;
    if (found != null) {
      found.payload().response().apply(headers);
    }
  }

  /** Adds to a refusal what a client needs to do better. */
  public void explain(Failure failure, Headers headers) {
    if (failure.status() == 405) {
      headers.add(
          HeaderName.ALLOW,
          String.join(", ", onlyPreflight ? route().config().match().methods() : allow));
    }
    if (failure.reason().equals(Failure.SHED)) {
      // Not all at once.
      int seconds = ThreadLocalRandom.current().nextInt(1, LATEST_RETRY_SECONDS + 1);
      headers.set(HeaderName.RETRY_AFTER, Integer.toString(seconds));
    }
    if (asked != null && failure.status() == 401 && failure.stage() == Stage.AUTHENTICATE) {
      asked.challenge(headers);
    }
  }

  // record

  /** The request has ended: tells the policies that were asked. */
  public void end() {
    if (asked != null) {
      asked.end();
    }
  }
}
