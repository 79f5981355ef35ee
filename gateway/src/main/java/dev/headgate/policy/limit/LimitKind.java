package dev.headgate.policy.limit;

import dev.headgate.config.Config;
import dev.headgate.config.Limiting;
import dev.headgate.config.Nearest;
import dev.headgate.config.Problems;
import dev.headgate.config.Rate;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.keyed.RequestKey;
import java.time.Duration;
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
    if (config.algorithm() != Limiting.Algorithm.TOKEN_BUCKET) {
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
    if (config.sync() == Limiting.Sync.LEASED) {
      problems.error(
          at + ".sync", "a window lends nothing", "use 'exact', or 'algorithm: token_bucket'");
    }
    for (Rate rate : config.rate()) {
      if (config.algorithm() == Limiting.Algorithm.SLIDING_WINDOW
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
    if (config.store() == null && config.sync() == Limiting.Sync.LEASED) {
      problems.error(at + ".sync", "there is nobody to borrow from", "add 'store'");
    }
  }

  private static long burst(Limit config, Rate rate) {
    return config.burst() == null ? rate.count() : config.burst();
  }

  @Override
  public @Nullable PolicyFactory prepare(Limit config, Preparation preparation) {
    long[] bursts = config.rate().stream().mapToLong(rate -> burst(config, rate)).toArray();
    RequestKey.Seed seed =
        preparation.shared(RequestKey.Seed.class, RequestKey.class, RequestKey.Seed::random);
    return new LimitPreparation(config, bursts, preparation.place(), seed, preparation)
        .factory(stage(config));
  }
}
