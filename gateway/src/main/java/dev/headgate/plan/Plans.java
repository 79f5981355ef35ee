package dev.headgate.plan;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.PolicyFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The plans of a revision, ready to make the policies of its products. Immutable. */
public final class Plans {
  private final Terms terms;
  private final Meters meters;

  private Plans(Terms terms, Meters meters) {
    this.terms = terms;
    this.meters = meters;
  }

  /**
   * Prepares the plans of a checked configuration.
   *
   * @param meters where it is counted
   */
  public static Plans of(Config config, Meters meters) {
    return new Plans(Terms.of(config), meters);
  }

  /** What lets only subscribers of a product through. */
  public PolicyFactory subscription(String product) {
    return loop -> new SubscriptionPolicy(product, new Standings(product, terms, meters, loop));
  }

  /**
   * What asks a limit of the plan of a product's subscribers.
   *
   * @param byPlan the limits, by the names of their plans
   */
  public PolicyFactory limits(String product, Map<String, PolicyFactory> byPlan) {
    return loop -> new PlanLimitsPolicy(new Standings(product, terms, meters, loop), byPlan, loop);
  }

  /** What counts the requests of a product's subscribers, and ends them at their quota. */
  public PolicyFactory quota(String product) {
    return loop ->
        new QuotaPolicy(terms, meters, loop, new Standings(product, terms, meters, loop));
  }

  /**
   * The quotas that a consumer has at a moment.
   *
   * @param millis since 1970
   */
  public List<PlanQuota> quotas(String name, Consumer consumer, long millis) {
    Standing standing =
        Standing.of(new Identity.KnownConsumer(name, consumer), "", terms, meters, millis);
    return Arrays.stream(standing.counters())
        .map(counter -> new PlanQuota(counter.key(), counter.limit()))
        .toList();
  }
}
