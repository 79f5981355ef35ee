package dev.headgate.policy.limit;

import dev.headgate.config.Config;
import dev.headgate.config.Mode;
import dev.headgate.config.Plan;
import dev.headgate.config.Problems;
import dev.headgate.config.Rate;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.keyed.RequestKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits that come with a plan: the policy {@code limit}, for each consumer that has the plan.
 * Those that differ in rate and burst only are one policy with several rates, so that a request
 * counts in all of them or in none.
 */
public final class PlanLimits {
  private static final List<String> PER = List.of("consumer");

  /** All plans count in the same memory, in which there is room for so many consumers. */
  private static final String COUNTERS = "plans";

  private static final int KEYS = 100_000;

  /** Stands in for the rates of limits that are compared. */
  private static final Rate ANY = Rate.parse("1/s");

  private PlanLimits() {}

  /**
   * Limits that are asked together.
   *
   * @param first the place of the first among those of the plan
   */
  public record Group(int first, Mode mode, List<Plan.Limit> limits) {}

  /** Reports every breach of a rule: the same as those of the policy. */
  public static void check(String at, Plan.Limit limit, Config whole, Problems problems) {
    new LimitKind().check(at, policy(limit, List.of(limit.rate())), whole, problems);
  }

  /** Those of a plan, in the order of their first ones; without those that are off. */
  public static List<Group> groups(Plan plan) {
    Map<Plan.Limit, Group> groups = new LinkedHashMap<>();
    for (int i = 0; i < plan.limits().size(); i++) {
      Plan.Limit limit = plan.limits().get(i);
      if (limit.mode() != Mode.OFF) {
        int first = i;
        groups
            .computeIfAbsent(alike(limit), _ -> new Group(first, limit.mode(), new ArrayList<>()))
            .limits()
            .add(limit);
      }
    }
    return List.copyOf(groups.values());
  }

  /** The same for all limits that can be asked together. */
  private static Plan.Limit alike(Plan.Limit limit) {
    return new Plan.Limit(
        ANY,
        null,
        limit.algorithm(),
        limit.cost(),
        limit.costHeader(),
        limit.maxDelay(),
        limit.headers(),
        limit.store(),
        limit.sync(),
        limit.lease(),
        limit.onStoreFailure(),
        limit.mode());
  }

  /**
   * Makes one policy of limits that are asked together.
   *
   * @return null after reporting problems
   */
  public static @Nullable PolicyFactory prepare(Group group, Preparation preparation) {
    List<Plan.Limit> limits = group.limits();
    Limit policy = policy(limits.getFirst(), limits.stream().map(Plan.Limit::rate).toList());
    long[] bursts =
        limits.stream()
            .mapToLong(limit -> limit.burst() == null ? limit.rate().count() : limit.burst())
            .toArray();
    record Key(Class<?> type, String place) {}
    RequestKey.Seed seed =
        preparation.shared(
            RequestKey.Seed.class,
            new Key(RequestKey.class, preparation.place()),
            RequestKey.Seed::random);
    return new LimitPreparation(policy, bursts, COUNTERS, seed, preparation).factory(Stage.LIMIT);
  }

  private static Limit policy(Plan.Limit limit, List<Rate> rates) {
    return new Limit(
        rates,
        rates.size() == 1 ? limit.burst() : null,
        limit.algorithm(),
        PER,
        limit.cost(),
        limit.costHeader(),
        limit.maxDelay(),
        limit.headers(),
        limit.store(),
        limit.sync(),
        limit.lease(),
        limit.onStoreFailure(),
        KEYS);
  }
}
