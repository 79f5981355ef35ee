package dev.headgate.policy.jsonthreats;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.CheckedBodies;
import dev.headgate.content.InflationLimits;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;

/** Has bodies checked that are JSON. */
@LoopConfined
final class JsonThreatsPolicy implements Policy {
  private final JsonThreats limits;
  private final HashKey key;
  private final CheckedBodies bodies;

  JsonThreatsPolicy(JsonThreats limits, HashKey key) {
    this.limits = limits;
    this.key = key;
    this.bodies =
        new CheckedBodies(
            "JSON",
            limits.contentTypes(),
            limits.passTypes(),
            new InflationLimits(limits.inflated().bytes(), limits.inflationRatio(), Stage.PROTECT));
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    return bodies.look(exchange, this, () -> new JsonCheck(limits, key));
  }

  @Override
  public void onEnd(Exchange exchange) {
    bodies.end(exchange, this);
  }
}
