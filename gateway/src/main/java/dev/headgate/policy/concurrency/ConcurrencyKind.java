package dev.headgate.policy.concurrency;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.keyed.KeyedWords;
import dev.headgate.keyed.RequestKey;
import java.util.List;

/** The kind {@code concurrency}. */
public final class ConcurrencyKind implements PolicyKind<Concurrency> {
  @Override
  public String name() {
    return "concurrency";
  }

  @Override
  public Class<Concurrency> config() {
    return Concurrency.class;
  }

  @Override
  public Stage stage(Concurrency config) {
    return RequestKey.needsIdentity(config.per()) ? Stage.LIMIT : Stage.ADMIT;
  }

  @Override
  public void check(String at, Concurrency config, Config whole, Problems problems) {
    RequestKey.check(at + ".per", config.per(), config, whole, problems);
  }

  @Override
  public PolicyFactory prepare(Concurrency config, Preparation preparation) {
    record Key(String place, List<String> per, int keys) {}
    RequestKey.Seed seed =
        preparation.shared(RequestKey.Seed.class, RequestKey.class, RequestKey.Seed::random);
    KeyedWords underWay =
        preparation.shared(
            KeyedWords.class,
            new Key(preparation.place(), config.per(), config.keys()),
            () -> new KeyedWords(config.keys()));
    Stage stage = stage(config);
    String knownAs = preparation.knownAs();
    return loop -> new ConcurrencyPolicy(config, stage, seed, underWay, loop.limitMeter(knownAs));
  }
}
