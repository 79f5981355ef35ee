package dev.headgate.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up what the loops counted and gives it its names. One instance for each scrape. */
final class Scrape {
  private final Exposition exposition = new Exposition();
  private final Metrics metrics;

  private Scrape(Metrics metrics) {
    this.metrics = metrics;
  }

  /**
   * @param nowMillis wall-clock time in milliseconds since 1970
   */
  static MetricSnapshots of(Metrics metrics, AccessLog accessLog, NodeFacts facts, long nowMillis) {
    Scrape scrape = new Scrape(metrics);
    scrape.loops(accessLog);
    scrape.routes();
    scrape.failures();
    scrape.fallbacks();
    scrape.wouldDeny();
    scrape.upstreams();
    scrape.health(facts);
    scrape.retries();
    scrape.hedges();
    scrape.probes();
    scrape.mirrored();
    scrape.mirroredBodies();
    LoadMetrics.add(scrape.exposition, metrics, facts);
    scrape.callouts();
    scrape.stores();
    scrape.limits();
    scrape.listeners();
    scrape.node(facts, nowMillis);
    scrape.ledger(facts.ledger());
    ProcessMetrics.add(scrape.exposition);
    return scrape.exposition.snapshots();
  }

  private void loops(AccessLog accessLog) {
    Exposition.Gauge inFlight =
        exposition.gauge("headgate_requests_in_flight", "Requests that have begun and not ended.");
    Exposition.Counter dropped =
        exposition.counter(
            "headgate_access_log_dropped_lines", "Lines that the access log could not take.");
    Exposition.Distribution lag =
        exposition.distribution(
            "headgate_loop_lag_seconds",
            "How late event loops came to what was due, ten times a second: what holds up one request"
                + " holds up all of its loop.",
            LoopRecorder.LAG);
    metrics
        .loops()
        .forEach((labels, sums) -> {
          long open = sums[LoopRecorder.STARTED] - sums[LoopRecorder.ENDED];
          inFlight.add(Math.max(0, open), Labels.EMPTY);
          dropped.add(sums[LoopRecorder.LINES_DROPPED] + accessLog.linesLost(), Labels.EMPTY);
          lag.add(sums, Labels.EMPTY);
        });
  }

  private void routes() {
    Exposition.Counter requests =
        exposition.counter(
            "headgate_requests",
            "Requests that ended, by the class of the status sent and by who failed.");
    Exposition.Distribution duration =
        exposition.distribution(
            "headgate_request_duration_seconds",
            "From the first byte of a request to the end of its answer.",
            RouteMetrics.DURATION);
    Exposition.Distribution own =
        exposition.distribution(
            "headgate_gateway_duration_seconds",
            "What of a request's duration was not spent on its upstream.",
            RouteMetrics.OWN_DURATION);
    Exposition.Distribution requestSize =
        exposition.distribution(
            "headgate_request_body_bytes", "Sizes of request bodies.", RouteMetrics.REQUEST_SIZE);
    Exposition.Distribution responseSize =
        exposition.distribution(
            "headgate_response_body_bytes",
            "Sizes of response bodies.",
            RouteMetrics.RESPONSE_SIZE);
    metrics
        .routes()
        .forEach((names, sums) -> {
          String route = names.getFirst();
          requests(requests, route, sums);
          Labels labels = Labels.of("route", route);
          duration.add(sums, labels);
          own.add(sums, labels);
          requestSize.add(sums, labels);
          responseSize.add(sums, labels);
        });
  }

  private static void requests(Exposition.Counter requests, String route, long[] sums) {
    int cell = 0;
    for (String statusClass : RouteMetrics.STATUS_CLASSES) {
      for (String failedBy : RouteMetrics.FAILED_BY) {
        long count = sums[cell++];
        if (count > 0) {
          requests.add(
              count, Labels.of("route", route, "status", statusClass, "failed_by", failedBy));
        }
      }
    }
  }

  private void fallbacks() {
    Exposition.Counter fallbacks =
        exposition.counter(
            "headgate_fallbacks",
            "Requests that something else answered in place of the upstream, by route and after what.");
    metrics
        .fallbacks()
        .forEach((names, sums) ->
            fallbacks.add(sums[0], Labels.of("route", names.getFirst(), "after", names.getLast())));
  }

  private void failures() {
    Exposition.Counter failures =
        exposition.counter(
            "headgate_failures", "Requests refused or failed, by stage and by the reason given.");
    metrics
        .failures()
        .forEach((names, sums) ->
            failures.add(sums[0], Labels.of("stage", names.getFirst(), "reason", names.getLast())));
  }

  private void wouldDeny() {
    Exposition.Counter wouldDeny =
        exposition.counter(
            "headgate_would_deny",
            "Requests that a policy in report mode would have refused, by policy and reason.");
    metrics
        .wouldDeny()
        .forEach((names, sums) ->
            wouldDeny.add(
                sums[0], Labels.of("policy", names.getFirst(), "reason", names.getLast())));
  }

  private void upstreams() {
    Exposition.Distribution duration =
        exposition.distribution(
            "headgate_upstream_duration_seconds",
            "From forwarding a request to the end of the upstream's answer, retries included.",
            UpstreamMetrics.DURATION);
    Exposition.Distribution head =
        exposition.distribution(
            "headgate_upstream_head_duration_seconds",
            "From forwarding a request to the head of the upstream's answer.",
            UpstreamMetrics.HEAD_DURATION);
    Exposition.Gauge open =
        exposition.gauge("headgate_upstream_connections", "Connections that are open.");
    Exposition.Counter created =
        exposition.counter("headgate_upstream_connections_created", "Connections made.");
    Exposition.Counter failed =
        exposition.counter(
            "headgate_upstream_connections_failed", "Connections that could not be made.");
    Exposition.Gauge waiting =
        exposition.gauge("headgate_upstream_waiting", "Requests that wait for a connection.");
    metrics
        .upstreams()
        .forEach((names, sums) -> {
          Labels labels = Labels.of("upstream", names.getFirst());
          duration.add(sums, labels);
          head.add(sums, labels);
          open.add(sums[UpstreamMetrics.CREATED] - sums[UpstreamMetrics.CLOSED], labels);
          created.add(sums[UpstreamMetrics.CREATED], labels);
          failed.add(sums[UpstreamMetrics.FAILED], labels);
          waiting.add(sums[UpstreamMetrics.WAITING], labels);
        });
  }

  private void health(NodeFacts facts) {
    Exposition.Gauge endpoints =
        exposition.gauge("headgate_upstream_endpoints", "Endpoints by how they stand.");
    Exposition.Gauge panic =
        exposition.gauge(
            "headgate_upstream_panic", "1 while all endpoints are used because too few are well.");
    Exposition.Gauge breaker =
        exposition.gauge(
            "headgate_upstream_breaker", "Circuit breakers: 0 closed, 1 half open, 2 open.");
    for (NodeFacts.UpstreamFacts one : facts.upstreams()) {
      Labels labels = Labels.of("upstream", one.upstream());
      endpoints.add(one.serving(), labels.merge(Labels.of("state", "serving")));
      endpoints.add(one.ejected(), labels.merge(Labels.of("state", "ejected")));
      endpoints.add(one.unhealthy(), labels.merge(Labels.of("state", "unhealthy")));
      panic.add(one.panic() ? 1 : 0, labels);
      if (one.breaker() >= 0) {
        breaker.add(one.breaker(), labels);
      }
    }
    byUpstreamAnd(
        "reason",
        metrics.ejections(),
        exposition.counter(
            "headgate_upstream_ejections", "Times that endpoints were left out, by reason."));
  }

  private void retries() {
    byUpstreamAnd(
        "reason",
        metrics.retries(),
        exposition.counter(
            "headgate_upstream_retries",
            "Attempts after the first one, by what made them necessary."));
    byUpstreamAnd(
        "reason",
        metrics.bodiesNotKept(),
        exposition.counter(
            "headgate_upstream_bodies_not_kept",
            "Requests whose bodies were not kept for another attempt, by reason."));
  }

  private void hedges() {
    byUpstreamAnd(
        "outcome",
        metrics.hedges(),
        exposition.counter(
            "headgate_upstream_hedges", "Second attempts beside the first, by what came of them."));
  }

  private static void byUpstreamAnd(String other, Family family, Exposition.Counter counter) {
    family.forEach((names, sums) ->
        counter.add(sums[0], Labels.of("upstream", names.getFirst(), other, names.getLast())));
  }

  private void probes() {
    byUpstreamAnd(
        "outcome",
        metrics.probes(),
        exposition.counter(
            "headgate_upstream_probes", "Times that endpoints were asked whether they are well."));
  }

  private void mirrored() {
    Exposition.Counter mirrored =
        exposition.counter(
            "headgate_mirrored_requests",
            "Requests in the share that is mirrored, by what came of their copies.");
    metrics
        .mirrored()
        .forEach((names, sums) ->
            mirrored.add(
                sums[0], Labels.of("route", names.getFirst(), "outcome", names.getLast())));
  }

  private void mirroredBodies() {
    Exposition.Counter bodies =
        exposition.counter(
            "headgate_mirrored_bodies",
            "Answers to requests and to their copies, by how their JSON bodies compare.");
    metrics
        .mirroredBodies()
        .forEach((names, sums) ->
            bodies.add(sums[0], Labels.of("route", names.getFirst(), "outcome", names.getLast())));
  }

  private void callouts() {
    Exposition.Counter ended =
        exposition.counter(
            "headgate_callouts", "Requests of policies to others that ended, by who asked.");
    Exposition.Gauge inFlight =
        exposition.gauge("headgate_callouts_in_flight", "Requests of policies not yet answered.");
    Exposition.Distribution duration =
        exposition.distribution(
            "headgate_callout_duration_seconds",
            "From a policy's request, waiting for a connection included, to the end of the answer.",
            CalloutMetrics.DURATION);
    metrics
        .callouts()
        .forEach((names, sums) -> {
          Labels labels = Labels.of("by", names.getFirst());
          inFlight.add(CalloutMetrics.inFlight(sums), labels);
          duration.add(sums, labels);
          for (int i = 0; i < CalloutMetrics.OUTCOMES.size(); i++) {
            if (sums[i] > 0) {
              ended.add(
                  sums[i], labels.merge(Labels.of("outcome", CalloutMetrics.OUTCOMES.get(i))));
            }
          }
        });
  }

  private void stores() {
    Exposition.Counter operations =
        exposition.counter(
            "headgate_store_operations",
            "What stores were asked to do, by what came of it; 'skipped' was not asked for, as the store"
                + " did not answer before.");
    Exposition.Distribution duration =
        exposition.distribution(
            "headgate_store_duration_seconds",
            "From asking a store to its answer, or to giving up.",
            StoreMetrics.DURATION);
    Exposition.Gauge away =
        exposition.gauge(
            "headgate_store_loops_away",
            "Event loops that leave a store alone for a while, as it does not answer.");
    metrics
        .stores()
        .forEach((names, sums) -> {
          Labels labels = Labels.of("store", names.getFirst());
          for (int i = 0; i < StoreMetrics.OUTCOMES.size(); i++) {
            if (sums[i] > 0) {
              operations.add(
                  sums[i], labels.merge(Labels.of("outcome", StoreMetrics.OUTCOMES.get(i))));
            }
          }
          duration.add(sums, labels);
          away.add(Math.max(0, StoreMetrics.loopsAway(sums)), labels);
        });
  }

  private void limits() {
    Exposition.Counter requests =
        exposition.counter(
            "headgate_limit_requests",
            "Requests that a limit was asked about: within it, delayed until it had room, or over it.");
    metrics
        .limits()
        .forEach((names, sums) -> {
          for (int i = 0; i < LimitMetrics.OUTCOMES.size(); i++) {
            if (sums[i] > 0) {
              requests.add(
                  sums[i],
                  Labels.of("limit", names.getFirst(), "outcome", LimitMetrics.OUTCOMES.get(i)));
            }
          }
        });
  }

  private void listeners() {
    Exposition.Gauge open =
        exposition.gauge("headgate_connections", "Client connections that are open.");
    Exposition.Counter accepted =
        exposition.counter("headgate_connections_accepted", "Client connections accepted.");
    Exposition.Counter closed =
        exposition.counter("headgate_connections_closed", "Client connections closed.");
    Exposition.Counter handshakes =
        exposition.counter("headgate_tls_handshakes", "TLS handshakes completed.");
    metrics
        .listeners()
        .forEach((names, sums) -> {
          Labels labels = Labels.of("listener", names.getFirst());
          open.add(sums[ListenerMetrics.ACCEPTED] - sums[ListenerMetrics.CLOSED], labels);
          accepted.add(sums[ListenerMetrics.ACCEPTED], labels);
          closed.add(sums[ListenerMetrics.CLOSED], labels);
          handshakes.add(sums[ListenerMetrics.HANDSHAKES], labels);
        });
    byListenerAndReason(
        exposition.counter(
            "headgate_connections_refused", "Client connections turned away, by reason."),
        metrics.refusedConnections());
    byListenerAndReason(
        exposition.counter("headgate_tls_handshake_errors", "TLS handshakes failed, by reason."),
        metrics.handshakeErrors());
  }

  private static void byListenerAndReason(Exposition.Counter counter, Family family) {
    family.forEach((names, sums) ->
        counter.add(sums[0], Labels.of("listener", names.getFirst(), "reason", names.getLast())));
  }

  private void node(NodeFacts facts, long nowMillis) {
    exposition.info(
        "headgate_build",
        "The program that runs.",
        Labels.of("version", facts.version(), "java", Runtime.version().toString()));
    exposition
        .gauge("headgate_revision", "The number of the revision that serves.")
        .add(facts.revision(), Labels.EMPTY);
    Exposition.Counter reloads =
        exposition.counter("headgate_reloads", "Attempts to change the configuration.");
    for (ReloadResult result : ReloadResult.values()) {
      reloads.add(metrics.reloads(result).sum(), Labels.of("result", result.word()));
    }
    Exposition.Gauge expiry =
        exposition.gauge(
            "headgate_certificate_expiry_seconds",
            "Seconds until a certificate expires; negative when it has.");
    List<NodeFacts.Certificate> certificates = facts.certificates();
    for (NodeFacts.Certificate certificate : certificates.stream().distinct().toList()) {
      expiry.add(
          (certificate.expiresMillis() - nowMillis) / 1e3,
          Labels.of("listener", certificate.listener(), "file", certificate.file()));
    }
  }

  private void ledger(NodeFacts.@Nullable LedgerFacts ledger) {
    if (ledger == null) {
      return;
    }
    exposition
        .gauge("headgate_ledger_up", "Whether the ledger could be written the last time: 1 or 0.")
        .add(ledger.up() ? 1 : 0, Labels.EMPTY);
    exposition
        .gauge(
            "headgate_ledger_age_seconds",
            "How long ago all that was counted was written: what a crash would lose.")
        .add(ledger.ageMillis() / 1e3, Labels.EMPTY);
    exposition
        .counter("headgate_ledger_failures", "Attempts to write the ledger that failed.")
        .add(ledger.failures(), Labels.EMPTY);
    exposition
        .counter(
            "headgate_ledger_lost_requests",
            "Billable requests that could not be recorded, because the ledger was away for too long.")
        .add(ledger.lost(), Labels.EMPTY);
    Exposition.Counter events =
        exposition.counter(
            "headgate_quota_events",
            "Quotas of which little was left (warning) or nothing (exhausted), once for each and period.");
    events.add(ledger.warnings(), Labels.of("event", "warning"));
    events.add(ledger.exhausted(), Labels.of("event", "exhausted"));
  }
}
