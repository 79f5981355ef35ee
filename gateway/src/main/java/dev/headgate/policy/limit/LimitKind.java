package dev.headgate.policy.limit;

import dev.headgate.config.Config;
import dev.headgate.config.Nearest;
import dev.headgate.config.Problems;
import dev.headgate.config.Rate;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.expression.Expression;
import dev.headgate.http.HeaderName;
import dev.headgate.keyed.RequestKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kind {@code limit}. */
public final class LimitKind implements PolicyKind<Limit> {
  private static final Duration LONGEST_SLIDING = Duration.ofDays(31);

  @Override
  public String name() {
    return "limit";
  }

  @Override
  public Class<Limit> config() {
    return Limit.class;
  }

  /** A flood must not reach what finds out who is calling, if it can be told before. */
  @Override
  public Stage stage(Limit config) {
    return RequestKey.needsIdentity(config.per()) || readsIdentity(config.cost())
        ? Stage.LIMIT
        : Stage.ADMIT;
  }

  private static boolean readsIdentity(String cost) {
    return cost.contains("identity");
  }

  @Override
  public void check(String at, Limit config, Config whole, Problems problems) {
    if (config.rate().isEmpty()) {
      problems.error(at + ".rate", "no rate", "as in 'rate: 100/min'");
    }
    if (config.burst() != null && config.rate().size() > 1) {
      problems.error(
          at + ".burst", "'burst' goes with one rate", "each of several rates has its own number");
    }
    for (int i = 0; i < config.rate().size(); i++) {
      Rate rate = config.rate().get(i);
      if (rate.intervalNanos() > Long.MAX_VALUE / 4 / burst(config, rate)) {
        problems.error(at + ".burst", "an empty bucket would need centuries to be full", "");
      }
    }
    if (config.algorithm() != Limit.Algorithm.TOKEN_BUCKET) {
      windows(at, config, problems);
    }
    RequestKey.check(at + ".per", config.per(), config, whole, problems);
    store(at, config, whole, problems);
    if (config.costHeader() != null) {
      new HeaderFields(problems).name(at + ".costHeader", config.costHeader());
    }
  }

  private static void windows(String at, Limit config, Problems problems) {
    if (config.burst() != null) {
      problems.error(at + ".burst", "a window has no burst", "the rate's number may come at once");
    }
    if (config.maxDelay() != null) {
      problems.error(
          at + ".maxDelay",
          "nobody has a turn to wait for in a window",
          "use 'algorithm: token_bucket', or leave 'maxDelay' out");
    }
    if (config.sync() == Limit.Sync.LEASED) {
      problems.error(
          at + ".sync", "a window lends nothing", "use 'exact', or 'algorithm: token_bucket'");
    }
    for (Rate rate : config.rate()) {
      if (config.algorithm() == Limit.Algorithm.SLIDING_WINDOW
          && (rate.count() > Windows.MOST_SLIDING || rate.per().compareTo(LONGEST_SLIDING) > 0)) {
        problems.error(
            at + ".rate",
            "a sliding window holds at most " + Windows.MOST_SLIDING + " in 31 days: " + rate,
            "use 'token_bucket' or 'fixed_window'");
      }
    }
  }

  private static void store(String at, Limit config, Config whole, Problems problems) {
    if (config.store() != null && !whole.stores().containsKey(config.store())) {
      String near = Nearest.hint(config.store(), whole.stores().keySet());
      problems.error(
          at + ".store",
          "no store " + Shown.quoted(config.store()),
          near.isEmpty() ? "add it under 'stores'" : near);
    }
    if (config.store() == null && config.sync() == Limit.Sync.LEASED) {
      problems.error(at + ".sync", "there is nobody to borrow from", "add 'store'");
    }
  }

  private static long burst(Limit config, Rate rate) {
    return config.burst() == null ? rate.count() : config.burst();
  }

  @Override
  public @Nullable PolicyFactory prepare(Limit config, Preparation preparation) {
    Cost cost = cost(config.cost(), preparation);
    if (cost == null) {
      return null;
    }
    RequestKey.Seed seed =
        preparation.shared(RequestKey.Seed.class, RequestKey.class, RequestKey.Seed::random);
    List<LimitPlan.One> limits = new ArrayList<>();
    for (int i = 0; i < config.rate().size(); i++) {
      Rate rate = config.rate().get(i);
      String name =
          config.rate().size() == 1 ? preparation.name() : preparation.name() + ":" + rate;
      limits.add(
          LimitPlan.One.of(name, rate, burst(config, rate), counted(i, config, preparation)));
    }
    LimitPlan plan =
        new LimitPlan(
            preparation.knownAs(),
            stage(config),
            config.per(),
            seed,
            limits,
            config.store() == null ? null : sharing(config.store(), config, limits, preparation),
            cost,
            config.costHeader() == null ? null : HeaderName.of(config.costHeader()),
            config.maxDelay() == null ? 0 : config.maxDelay().toNanos(),
            config.headers());
    return loop -> new LimitPolicy(plan, loop);
  }

  private static LimitPlan.Sharing sharing(
      String store, Limit config, List<LimitPlan.One> limits, Preparation preparation) {
    record Key(String place, List<String> per, int keys, Stores.Place store) {}
    Stores.Place place = preparation.store(store);
    Leases leases =
        config.sync() == Limit.Sync.EXACT
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
  private static Counted counted(int number, Limit config, Preparation preparation) {
    return switch (config.algorithm()) {
      case TOKEN_BUCKET -> buckets(number, config, preparation);
      case FIXED_WINDOW -> windows(number, config, false, preparation);
      case SLIDING_WINDOW -> windows(number, config, true, preparation);
    };
  }

  private static Windows windows(
      int number, Limit config, boolean sliding, Preparation preparation) {
    record Key(
        String place, int number, List<String> per, int keys, long millis, boolean sliding) {}
    long millis = config.rate().get(number).per().toMillis();
    return preparation.shared(
        Windows.class,
        new Key(preparation.place(), number, config.per(), config.keys(), millis, sliding),
        () -> new Windows(config.keys(), millis, sliding));
  }

  private static Buckets buckets(int number, Limit config, Preparation preparation) {
    record Key(String place, int number, List<String> per, int keys) {}
    return preparation.shared(
        Buckets.class,
        new Key(preparation.place(), number, config.per(), config.keys()),
        () -> new Buckets(config.keys()));
  }

  private static @Nullable Cost cost(String text, Preparation preparation) {
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
