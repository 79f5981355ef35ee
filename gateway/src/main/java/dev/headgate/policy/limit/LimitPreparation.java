package dev.headgate.policy.limit;

import dev.headgate.config.Limiting;
import dev.headgate.config.Rate;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.expression.Expression;
import dev.headgate.http.HeaderName;
import dev.headgate.keyed.RequestKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a checked limit what all loops share, whether it stands on a route or in a plan.
 *
 * @param bursts how many may come at once, for each rate
 * @param counters where this node counts: limits of the same place share their memory
 * @param seed tells apart whose counters they are
 */
record LimitPreparation(
    Limit config, long[] bursts, String counters, RequestKey.Seed seed, Preparation preparation) {

  /** The policy; null after reporting problems. */
  @Nullable PolicyFactory factory(Stage stage) {
    Cost cost = cost(config.cost());
    if (cost == null) {
      return null;
    }
    List<LimitPlan.One> limits = new ArrayList<>();
    for (int i = 0; i < config.rate().size(); i++) {
      Rate rate = config.rate().get(i);
      String name =
          config.rate().size() == 1 ? preparation.name() : preparation.name() + ":" + rate;
      limits.add(LimitPlan.One.of(name, rate, bursts[i], counted(i)));
    }
    LimitPlan plan =
        new LimitPlan(
            preparation.knownAs(),
            stage,
            config.per(),
            seed,
            limits,
            config.store() == null ? null : sharing(config.store(), limits),
            cost,
            config.costHeader() == null ? null : HeaderName.of(config.costHeader()),
            config.maxDelay() == null ? 0 : config.maxDelay().toNanos(),
            config.headers());
    return loop -> new LimitPolicy(plan, loop);
  }

  private LimitPlan.Sharing sharing(String store, List<LimitPlan.One> limits) {
    record Key(String place, List<String> per, int keys, Stores.Place store) {}
    Stores.Place place = preparation.store(store);
    Leases leases =
        config.sync() == Limiting.Sync.EXACT
            ? null
            : preparation.shared(
                Leases.class,
                new Key(preparation.place(), config.per(), config.keys(), place),
                () -> new Leases(config.keys()));
    long burst = limits.stream().mapToLong(LimitPlan.One::burst).min().orElse(1);
    return new LimitPlan.Sharing(
        place,
        preparation.place(),
        config.onStoreFailure(),
        leases,
        Math.max(1, (long) (burst * config.lease().fraction())));
  }

  /** What is counted stays as long as the same things are counted in the same place. */
  private Counted counted(int number) {
    return switch (config.algorithm()) {
      case TOKEN_BUCKET -> buckets(number);
      case FIXED_WINDOW -> windows(number, false);
      case SLIDING_WINDOW -> windows(number, true);
    };
  }

  private Windows windows(int number, boolean sliding) {
    record Key(
        String place, int number, List<String> per, int keys, long millis, boolean sliding) {}
    long millis = config.rate().get(number).per().toMillis();
    return preparation.shared(
        Windows.class,
        new Key(counters, number, config.per(), config.keys(), millis, sliding),
        () -> new Windows(config.keys(), millis, sliding));
  }

  private Buckets buckets(int number) {
    record Key(String place, int number, List<String> per, int keys) {}
    return preparation.shared(
        Buckets.class,
        new Key(counters, number, config.per(), config.keys()),
        () -> new Buckets(config.keys()));
  }

  private @Nullable Cost cost(String text) {
    if (!text.isEmpty() && text.length() <= 7 && text.chars().allMatch(Character::isDigit)) {
      return new Cost.Fixed(Math.min(Long.parseLong(text), Cost.MOST));
    }
    try {
      return new Cost.Computed(Expression.wholeNumber(text));
    } catch (Expression.Malformed e) {
      preparation.error("cost", String.valueOf(e.getMessage()), e.hint());
      return null;
    }
  }
}
