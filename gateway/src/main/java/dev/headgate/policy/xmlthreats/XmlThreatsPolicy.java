package dev.headgate.policy.xmlthreats;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.CheckedBodies;
import dev.headgate.content.InflationLimits;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;

/** Has bodies checked that are XML. */
@LoopConfined
final class XmlThreatsPolicy implements Policy {
  private final XmlThreats limits;
  private final CheckedBodies bodies;

  XmlThreatsPolicy(XmlThreats limits) {
    this.limits = limits;
    this.bodies =
        new CheckedBodies(
            "XML",
            limits.contentTypes(),
            limits.passTypes(),
            new InflationLimits(limits.inflated().bytes(), limits.inflationRatio(), Stage.PROTECT));
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    return bodies.look(exchange, this, () -> new XmlCheck(limits));
  }

  @Override
  public void onEnd(Exchange exchange) {
    bodies.end(exchange, this);
  }
}
