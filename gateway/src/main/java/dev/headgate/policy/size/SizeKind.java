package dev.headgate.policy.size;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;

/** The kind {@code size}. */
public final class SizeKind implements PolicyKind<SizeLimits> {
  private static final SizeLimits NOTHING =
      new SizeLimits(null, null, null, null, null, null, null);

  @Override
  public String name() {
    return "size";
  }

  @Override
  public Class<SizeLimits> config() {
    return SizeLimits.class;
  }

  @Override
  public Stage stage(SizeLimits config) {
    return Stage.PROTECT;
  }

  @Override
  public void check(String at, SizeLimits config, Config whole, Problems problems) {
    if (config.equals(NOTHING)) {
      problems.error(at, "nothing is bounded", "write a bound, as in '{ request: 1MiB }'");
    }
  }

  @Override
  public PolicyFactory prepare(SizeLimits config, Preparation preparation) {
    return _ -> new SizePolicy(config);
  }
}
