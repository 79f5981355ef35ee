package dev.headgate.plan;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;

/** Lets only those through who have subscribed to the route's product. */
@LoopConfined
final class SubscriptionPolicy implements Policy {
  private static final int FORBIDDEN = 403;

  private final String product;
  private final Standings standings;

  SubscriptionPolicy(String product, Standings standings) {
    this.product = product;
    this.standings = standings;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Identity identity = exchange.identity();
    if (identity != null
        && identity.consumer() != null
        && standings.of(identity.consumer()).subscribed()) {
      return Decision.CONTINUE;
    }
    String who =
        identity == null || identity.consumer() == null
            ? "a caller that is no consumer cannot have subscribed"
            : identity.consumer().name() + " has not subscribed";
    return Decision.fail(
        Failure.client(
            Stage.AUTHORIZE,
            FORBIDDEN,
            "product.not_subscribed",
            who + " to the product " + product));
  }
}
