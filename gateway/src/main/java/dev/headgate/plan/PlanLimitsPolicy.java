package dev.headgate.plan;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the limit of the plan that a subscriber has at the moment. Who has not subscribed, or has a
 * plan without such a limit, is asked nothing.
 */
@LoopConfined
final class PlanLimitsPolicy implements Policy {
  private final Standings standings;
  private final Map<String, PolicyFactory> byPlan;
  private final Loop loop;
  private final Map<String, Policy> limits = new HashMap<>();
  private boolean closed;

  PlanLimitsPolicy(Standings standings, Map<String, PolicyFactory> byPlan, Loop loop) {
    this.standings = standings;
    this.byPlan = byPlan;
    this.loop = loop;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Policy limit = limit(exchange.identity());
    if (limit == null) {
      return Decision.CONTINUE;
    }
    // Its answer belongs to the same limit, also where another plan begins in between.
    exchange.state(this, limit);
    return limit.onRequest(exchange);
  }

  private @Nullable Policy limit(@Nullable Identity identity) {
    if (identity == null || identity.consumer() == null) {
      return null;
    }
    Standing standing = standings.of(identity.consumer());
    Terms.Offer offer = standing.offer();
    if (offer == null || !standing.subscribed()) {
      return null;
    }
    Policy known = limits.get(offer.name());
    return known != null ? known : open(offer.name());
  }

  private @Nullable Policy open(String plan) {
    PolicyFactory factory = byPlan.get(plan);
    if (factory == null) {
      return null;
    }
    Policy made = factory.create(loop);
    if (closed) {
      made.close();
    }
    limits.put(plan, made);
    return made;
  }

  @Override
  public void onResponse(Exchange exchange) {
    if (exchange.state(this) instanceof Policy limit) {
      limit.onResponse(exchange);
    }
  }

  @Override
  public void onEnd(Exchange exchange) {
    if (exchange.state(this) instanceof Policy limit) {
      limit.onEnd(exchange);
    }
  }

  @Override
  public void close() {
    closed = true;
    limits.values().forEach(Policy::close);
  }
}
