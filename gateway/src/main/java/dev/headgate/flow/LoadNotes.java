package dev.headgate.flow;

import dev.headgate.config.Upstream;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Stage;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.CompiledRoute;

/** Says to whoever asks how many requests the upstreams of a route may have at once. */
final class LoadNotes {
  private LoadNotes() {}

  static void add(Exchange exchange, CompiledRoute route) {
    if (route.action() instanceof Action.Forward forward) {
      for (Action.NamedUpstream upstream : forward.targets()) {
        if (upstream.health().requests() != null) {
          exchange.note(Stage.FORWARD, upstream.name() + " has " + bound(upstream.config()));
        }
      }
    }
  }

  private static String bound(Upstream config) {
    Upstream.Limits limits = config.limits();
    Upstream.AdaptiveConcurrency adaptive = config.adaptiveConcurrency();
    int most = limits.requests();
    StringBuilder text = new StringBuilder();
    if (adaptive == null) {
      text.append("at most ").append(most);
    } else {
      int largest = most == 0 ? adaptive.max() : Math.min(most, adaptive.max());
      text.append("at most ").append(adaptive.min()).append(" to ").append(largest);
    }
    text.append(" requests at once");
    if (adaptive != null) {
      text.append(", by its latency");
    }
    if (limits.queue() > 0) {
      text.append("; ").append(limits.queue()).append(" more wait for ");
      text.append(limits.queueTimeout().toMillis()).append(" ms");
    }
    return text.toString();
  }
}
