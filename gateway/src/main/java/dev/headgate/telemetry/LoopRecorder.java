package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LimitMeter;
import dev.headgate.exchange.Loop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What one loop records: its counters, its piece of the access log and its ids. */
@LoopConfined
public final class LoopRecorder implements Recorder {
  static final int STARTED = 0;
  static final int ENDED = 1;
  static final int LINES_DROPPED = 2;
  static final Histogram LAG = new Histogram(LINES_DROPPED + 1, Buckets.OWN_DURATION);
  static final int CELLS = LAG.end();

  /** The route of requests that no route took. */
  static final String NO_ROUTE = "none";

  private final Loop loop;
  private final Metrics metrics;
  private final Cells cells;
  private final LoopLog log;
  private final TraceContext traces;
  private final LoopFamily failures;
  private final LoopFamily fallbacks;
  private final LoopFamily wouldDeny;
  private final LoopFamily ejections;
  private final LoopFamily probes;
  private final LoopFamily retries;
  private final LoopFamily bodiesNotKept;
  private final LoopFamily hedges;
  private final LoopFamily mirrored;
  private final LoopFamily mirroredBodies;
  private final LoopFamily shed;
  private final Map<String, RouteMetrics> routes = new HashMap<>();
  private final RouteMetrics otherRoutes;
  private final ByName<ListenerMetrics> listeners;
  private final ByName<UpstreamMetrics> upstreams;
  private final ByName<CalloutMetrics> callouts;
  private final ByName<StoreMetrics> stores;
  private final ByName<LimitMetrics> limits;

  LoopRecorder(Loop loop, Metrics metrics, AccessLog accessLog) {
    this.loop = loop;
    this.metrics = metrics;
    this.cells = Objects.requireNonNull(metrics.loops().series()).newPart();
    this.log = new LoopLog(accessLog, loop, cells);
    this.traces = new TraceContext();
    this.failures = new LoopFamily(metrics.failures());
    this.fallbacks = new LoopFamily(metrics.fallbacks());
    this.wouldDeny = new LoopFamily(metrics.wouldDeny());
    this.ejections = new LoopFamily(metrics.ejections());
    this.probes = new LoopFamily(metrics.probes());
    this.retries = new LoopFamily(metrics.retries());
    this.bodiesNotKept = new LoopFamily(metrics.bodiesNotKept());
    this.hedges = new LoopFamily(metrics.hedges());
    this.mirrored = new LoopFamily(metrics.mirrored());
    this.mirroredBodies = new LoopFamily(metrics.mirroredBodies());
    this.shed = new LoopFamily(metrics.shed());
    LoopFamily refusedConnections = new LoopFamily(metrics.refusedConnections());
    LoopFamily handshakeErrors = new LoopFamily(metrics.handshakeErrors());
    this.otherRoutes = new RouteMetrics(metrics.routes().overflow(), null);
    this.listeners =
        new ByName<>(
            metrics.listeners(),
            (name, own) -> new ListenerMetrics(name, own, refusedConnections, handshakeErrors));
    this.upstreams = new ByName<>(metrics.upstreams(), (_, own) -> new UpstreamMetrics(own));
    this.callouts = new ByName<>(metrics.callouts(), (_, own) -> new CalloutMetrics(own));
    this.stores = new ByName<>(metrics.stores(), (_, own) -> new StoreMetrics(own));
    this.limits =
        new ByName<>(
            metrics.limits(),
            (name, own) -> new LimitMetrics(own, metrics.offenders().part(name), loop));
  }

  /** The loop came to something so much later than it was due. */
  public void late(long nanos) {
    LAG.record(cells, micros(nanos));
  }

  /** An endpoint of the upstream is left out from now on. */
  public void ejected(String upstream, String reason) {
    ejections.cells(upstream, reason).add(0, 1);
  }

  /** An endpoint of the upstream was asked whether it is well. */
  public void probed(String upstream, boolean well) {
    probes.cells(upstream, well ? "passed" : "failed").add(0, 1);
  }

  /** A request to the upstream is sent once more. */
  public void retried(String upstream, String reason) {
    retries.cells(upstream, reason).add(0, 1);
  }

  /** What came of a second attempt beside the first. */
  public void hedged(String upstream, String outcome) {
    hedges.cells(upstream, outcome).add(0, 1);
  }

  /** The body of a request to the upstream is not kept for another attempt. */
  public void bodyNotKept(String upstream, String reason) {
    bodiesNotKept.cells(upstream, reason).add(0, 1);
  }

  /** A request of the route was to be copied, and this came of the copy. */
  public void mirrored(String route, String outcome) {
    mirrored.cells(route, outcome).add(0, 1);
  }

  /** The answers to a request of the route and to its copy compare so. */
  public void mirroredBodies(String route, String outcome) {
    mirroredBodies.cells(route, outcome).add(0, 1);
  }

  /** A request was turned away because more come than the node can take. */
  public void shed(String priority, String reason) {
    shed.cells(priority, reason).add(0, 1);
  }

  @Override
  public void requestStarted() {
    cells.add(STARTED, 1);
  }

  @Override
  public void identify(Exchange exchange, boolean trusted) {
    traces.identify(exchange, trusted);
  }

  @Override
  public void fellBack(Exchange exchange, String after, boolean elsewhere) {
    String route = exchange.route();
    fallbacks.cells(route == null ? NO_ROUTE : route, after).add(0, 1);
    String upstream = exchange.upstream();
    if (upstream != null && elsewhere) {
      upstream(upstream).request(upstreamMicros(exchange, loop.nanos()));
    }
    exchange.fellBack(after, elsewhere);
  }

  @Override
  public void record(Exchange exchange) {
    assert loop.inLoop();
    long end = exchange.endNanos() != 0 ? exchange.endNanos() : loop.nanos();
    long totalMicros = micros(end - exchange.startNanos());
    long upstreamMicros = upstreamMicros(exchange, end);
    cells.add(ENDED, 1);
    String route = exchange.route();
    route(route == null ? NO_ROUTE : route).record(exchange, totalMicros, upstreamMicros);
    String upstream = exchange.upstream();
    if (upstream != null) {
      UpstreamMetrics upstreamMetrics = upstream(upstream);
      upstreamMetrics.request(upstreamMicros);
      if (exchange.upstreamHeadNanos() != 0) {
        upstreamMetrics.responseHead(
            micros(exchange.upstreamHeadNanos() - exchange.forwardNanos()));
      }
    }
    Failure failure = exchange.failure();
    if (failure != null) {
      failures.cells(failure.stage().word(), failure.reason()).add(0, 1);
    }
    List<Exchange.WouldDeny> reported = exchange.wouldDeny();
    for (int i = 0; i < reported.size(); i++) {
      wouldDeny.cells(reported.get(i).policy(), reported.get(i).reason()).add(0, 1);
    }
    log.write(exchange, end, totalMicros, upstreamMicros);
  }

  /** The counters of a listener, for whoever accepts its connections on this loop. */
  public ListenerMetrics listener(String name) {
    return listeners.of(name);
  }

  /** The counters of an upstream, for its pool on this loop. */
  public UpstreamMetrics upstream(String name) {
    return upstreams.of(name);
  }

  /** The counters of the requests that a policy makes on this loop. */
  public CalloutMetrics callouts(String policy) {
    return callouts.of(policy);
  }

  /** The counters of a store, for what this loop asks of it. */
  public StoreMetrics store(String name) {
    return stores.of(name);
  }

  /** The counters of a limit, for its policies on this loop. */
  public LimitMeter limit(String name) {
    return limits.of(name);
  }

  private RouteMetrics route(String name) {
    RouteMetrics known = routes.get(name);
    return known != null ? known : newRoute(name);
  }

  private RouteMetrics newRoute(String name) {
    Family.Series series = metrics.routes().series(name);
    if (series == null) {
      return otherRoutes;
    }
    RouteMetrics made = new RouteMetrics(series, otherRoutes);
    routes.put(name, made);
    return made;
  }

  /** Hands over the lines that are not written yet; before the loop ends, on the loop. */
  public void close() {
    log.handOver();
  }

  private static long upstreamMicros(Exchange exchange, long end) {
    long begin = exchange.forwardNanos();
    if (begin == 0) {
      return 0;
    }
    return micros((exchange.upstreamEndNanos() != 0 ? exchange.upstreamEndNanos() : end) - begin);
  }

  /** Rounded, and never negative. */
  static long micros(long nanos) {
    return nanos <= 0 ? 0 : (nanos + 500) / 1000;
  }
}
