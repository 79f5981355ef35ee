package dev.headgate.policy.cors;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Origins;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.http.Tokens;
import java.util.List;

/** The kind {@code cors}. */
public final class CorsKind implements PolicyKind<Cors> {
  @Override
  public String name() {
    return "cors";
  }

  @Override
  public Class<Cors> config() {
    return Cors.class;
  }

  @Override
  public Stage stage(Cors config) {
    return Stage.ADMIT;
  }

  @Override
  public void check(String at, Cors config, Config whole, Problems problems) {
    Origins.check(at + ".origins", config.origins(), problems);
    if (config.origins().isEmpty()) {
      problems.error(at + ".origins", "no origin: no page could call", "as in '[\"https://a.b\"]'");
    }
    if (config.credentials() && config.origins().contains("*")) {
      problems.error(
          at + ".credentials",
          "with the origin '*', every page could act for its visitor",
          "name the origins");
    }
    tokens(at + ".methods", config.methods(), problems);
    tokens(at + ".headers", config.headers(), problems);
    tokens(at + ".exposeHeaders", config.exposeHeaders(), problems);
  }

  private static void tokens(String at, List<String> names, Problems problems) {
    for (int i = 0; i < names.size(); i++) {
      if (!Tokens.isToken(names.get(i))) {
        problems.error(at + "[" + i + "]", Shown.quoted(names.get(i)) + " is no name", "");
      }
    }
  }

  @Override
  public PolicyFactory prepare(Cors config, Preparation preparation) {
    CorsRules rules = new CorsRules(config);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new CorsPolicy(rules);
      }

      @Override
      public boolean answersPreflights() {
        return true;
      }
    };
  }
}
