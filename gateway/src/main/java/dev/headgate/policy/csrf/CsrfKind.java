package dev.headgate.policy.csrf;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.exchange.Origins;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;

/** The kind {@code csrf}. */
public final class CsrfKind implements PolicyKind<Csrf> {
  @Override
  public String name() {
    return "csrf";
  }

  @Override
  public Class<Csrf> config() {
    return Csrf.class;
  }

  @Override
  public Stage stage(Csrf config) {
    return Stage.ADMIT;
  }

  @Override
  public void check(String at, Csrf config, Config whole, Problems problems) {
    Origins.check(at + ".origins", config.origins(), problems);
    if (config.origins().contains("*") || config.origins().contains("null")) {
      problems.error(
          at + ".origins", "'*' and 'null' would let every page through", "name the origins");
    }
  }

  @Override
  public PolicyFactory prepare(Csrf config, Preparation preparation) {
    Origins origins = new Origins(config.origins());
    return loop -> new CsrfPolicy(origins);
  }
}
