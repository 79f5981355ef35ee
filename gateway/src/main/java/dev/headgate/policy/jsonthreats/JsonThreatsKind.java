package dev.headgate.policy.jsonthreats;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.content.MediaTypes;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;

/** The kind {@code jsonThreats}. */
public final class JsonThreatsKind implements PolicyKind<JsonThreats> {
  @Override
  public String name() {
    return "jsonThreats";
  }

  @Override
  public Class<JsonThreats> config() {
    return JsonThreats.class;
  }

  @Override
  public Stage stage(JsonThreats config) {
    return Stage.PROTECT;
  }

  @Override
  public void check(String at, JsonThreats config, Config whole, Problems problems) {
    MediaTypes.check(at + ".contentTypes", config.contentTypes(), problems);
    MediaTypes.check(at + ".passTypes", config.passTypes(), problems);
    if (config.contentTypes().isEmpty()) {
      problems.error(at + ".contentTypes", "no body would be checked", "leave it out");
    }
  }

  @Override
  public PolicyFactory prepare(JsonThreats config, Preparation preparation) {
    HashKey key = HashKey.random();
    return _ -> new JsonThreatsPolicy(config, key);
  }
}
