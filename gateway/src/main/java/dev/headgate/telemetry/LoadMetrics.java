package dev.headgate.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;

/** How much is asked of upstreams and of the node, and who is turned away because of it. */
final class LoadMetrics {
  private LoadMetrics() {}

  static void add(Exposition exposition, Metrics metrics, NodeFacts facts) {
    shed(exposition, metrics, facts);
    limits(exposition, facts);
    queues(exposition, metrics);
  }

  private static void shed(Exposition exposition, Metrics metrics, NodeFacts facts) {
    exposition
        .gauge(
            "headgate_shedding_ratio",
            "The share of the requests that is turned away because more come than the node can take.")
        .add(facts.shedding(), Labels.EMPTY);
    Exposition.Counter shed =
        exposition.counter(
            "headgate_shed",
            "Requests turned away because more came than the node could take, by priority and why.");
    metrics
        .shed()
        .forEach((names, sums) ->
            shed.add(sums[0], Labels.of("priority", names.getFirst(), "reason", names.getLast())));
  }

  private static void limits(Exposition exposition, NodeFacts facts) {
    Exposition.Gauge limit =
        exposition.gauge(
            "headgate_upstream_request_limit",
            "How many requests an upstream may have at once, where that is bound.");
    Exposition.Gauge requests =
        exposition.gauge(
            "headgate_upstream_requests_in_flight",
            "Requests that an upstream has, where they are bound.");
    for (NodeFacts.LimitedUpstream one : facts.limitedUpstreams()) {
      Labels labels = Labels.of("upstream", one.upstream());
      limit.add(one.limit(), labels);
      requests.add(one.requests(), labels);
    }
  }

  private static void queues(Exposition exposition, Metrics metrics) {
    Exposition.Gauge queued =
        exposition.gauge(
            "headgate_upstream_queued", "Requests that wait until an upstream may have one more.");
    Exposition.Distribution waits =
        exposition.distribution(
            "headgate_upstream_queue_wait_seconds",
            "How long requests waited until an upstream might have one more, or gave up.",
            UpstreamMetrics.QUEUE_WAIT);
    Exposition.Counter refused =
        exposition.counter(
            "headgate_upstream_refused",
            "Requests turned away because an upstream had too many, by reason.");
    metrics
        .upstreams()
        .forEach((names, sums) -> {
          Labels labels = Labels.of("upstream", names.getFirst());
          if (UpstreamMetrics.hasQueued(sums)) {
            queued.add(sums[UpstreamMetrics.QUEUED], labels);
            waits.add(sums, labels);
          }
          long full = sums[UpstreamMetrics.REFUSED_FULL];
          if (full > 0) {
            refused.add(full, labels.merge(Labels.of("reason", "full")));
          }
          long late = sums[UpstreamMetrics.REFUSED_LATE];
          if (late > 0) {
            refused.add(late, labels.merge(Labels.of("reason", "queue_timeout")));
          }
        });
  }
}
