package dev.headgate.telemetry;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.atomic.LongAdder;

/**
 * All that is counted, for one process. The loops count in cells of their own ({@link Cells}); what
 * happens seldom and on any thread is counted in adders.
 */
@Shared
final class Metrics {
  private volatile int maxSeries;

  private final Family routes = new Family(RouteMetrics.CELLS, 1, this::maxSeries);
  private final Family upstreams = new Family(UpstreamMetrics.CELLS, 1, this::maxSeries);
  private final Family callouts = new Family(CalloutMetrics.CELLS, 1, this::maxSeries);
  private final Family stores = new Family(StoreMetrics.CELLS, 1, this::maxSeries);
  private final Family limits = new Family(LimitMetrics.CELLS, 1, this::maxSeries);
  private final TopOffenders offenders = new TopOffenders();
  private final Family listeners = new Family(ListenerMetrics.CELLS, 1, this::maxSeries);
  private final Family failures = new Family(1, 2, this::maxSeries);
  private final Family fallbacks = new Family(1, 2, this::maxSeries);
  private final Family wouldDeny = new Family(1, 2, this::maxSeries);
  private final Family ejections = new Family(1, 2, this::maxSeries);
  private final Family probes = new Family(1, 2, this::maxSeries);
  private final Family retries = new Family(1, 2, this::maxSeries);
  private final Family bodiesNotKept = new Family(1, 2, this::maxSeries);
  private final Family hedges = new Family(1, 2, this::maxSeries);
  private final Family mirrored = new Family(1, 2, this::maxSeries);
  private final Family mirroredBodies = new Family(1, 2, this::maxSeries);
  private final Family shed = new Family(1, 2, this::maxSeries);
  private final Family refusedConnections = new Family(1, 2, this::maxSeries);
  private final Family handshakeErrors = new Family(1, 2, this::maxSeries);
  private final Family loops = new Family(LoopRecorder.CELLS, 0, () -> 1);
  private final LongAdder applied = new LongAdder();
  private final LongAdder unchanged = new LongAdder();
  private final LongAdder rejected = new LongAdder();

  Metrics(int maxSeries) {
    this.maxSeries = maxSeries;
  }

  /** How many label sets each metric may have. What is there already stays. */
  void maxSeries(int value) {
    maxSeries = value;
  }

  private int maxSeries() {
    return maxSeries;
  }

  /** By route. */
  Family routes() {
    return routes;
  }

  /** By upstream. */
  Family upstreams() {
    return upstreams;
  }

  /** By the policy that asked. */
  Family callouts() {
    return callouts;
  }

  /** By store. */
  Family stores() {
    return stores;
  }

  /** By limit. */
  Family limits() {
    return limits;
  }

  /** Who is over limits most. */
  TopOffenders offenders() {
    return offenders;
  }

  /** By listener. */
  Family listeners() {
    return listeners;
  }

  /** By stage and reason. */
  Family failures() {
    return failures;
  }

  Family fallbacks() {
    return fallbacks;
  }

  /** By policy and reason. */
  Family wouldDeny() {
    return wouldDeny;
  }

  /** By upstream and reason. */
  Family ejections() {
    return ejections;
  }

  /** By upstream and outcome. */
  Family probes() {
    return probes;
  }

  /** By upstream and reason. */
  Family retries() {
    return retries;
  }

  /** By upstream and outcome. */
  Family hedges() {
    return hedges;
  }

  /** By upstream and reason. */
  Family bodiesNotKept() {
    return bodiesNotKept;
  }

  /** By route and outcome. */
  Family mirrored() {
    return mirrored;
  }

  /** By route and outcome. */
  Family mirroredBodies() {
    return mirroredBodies;
  }

  /** By priority and reason. */
  Family shed() {
    return shed;
  }

  /** By listener and reason. */
  Family refusedConnections() {
    return refusedConnections;
  }

  /** By listener and reason. */
  Family handshakeErrors() {
    return handshakeErrors;
  }

  /** What has no label. */
  Family loops() {
    return loops;
  }

  /** How often an attempt to change the configuration ended so. */
  LongAdder reloads(ReloadResult result) {
    return switch (result) {
      case APPLIED -> applied;
      case UNCHANGED -> unchanged;
      case REJECTED -> rejected;
    };
  }
}
