package dev.headgate.config.check;

import dev.headgate.config.Config;
import dev.headgate.config.Places;
import dev.headgate.config.Problems;

/** All rules, in the order of the configuration's keys. */
public final class ConfigChecks {
  private ConfigChecks() {}

  /** Reports every breach of a rule. */
  public static void check(Config config, Places places, Problems problems) {
    if (config.listeners().isEmpty() && !places.has("listeners")) {
      problems.error(
          "",
          "no listener",
          "a listener is where clients connect: 'listeners: { main: { address: \"0.0.0.0:8080\" } }'");
    }
  }
}
