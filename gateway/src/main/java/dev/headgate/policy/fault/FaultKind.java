package dev.headgate.policy.fault;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import java.util.concurrent.ThreadLocalRandom;

/** The kind {@code fault}. */
public final class FaultKind implements PolicyKind<Fault> {
  @Override
  public String name() {
    return "fault";
  }

  @Override
  public Class<Fault> config() {
    return Fault.class;
  }

  /** Where an upstream would fail: who may not call does not notice. */
  @Override
  public Stage stage(Fault config) {
    return Stage.FORWARD;
  }

  @Override
  public void check(String at, Fault config, Config whole, Problems problems) {
    if (config.delay() == null && config.abort() == null && config.truncate() == null) {
      problems.error(at, "nothing would fail", "'delay', 'abort', 'truncate', or several of them");
    }
  }

  @Override
  public PolicyFactory prepare(Fault config, Preparation preparation) {
    return loop -> new FaultPolicy(config, ThreadLocalRandom.current(), loop);
  }
}
