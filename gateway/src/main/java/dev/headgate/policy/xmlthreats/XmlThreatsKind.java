package dev.headgate.policy.xmlthreats;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.content.MediaTypes;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;

/** The kind {@code xmlThreats}. */
public final class XmlThreatsKind implements PolicyKind<XmlThreats> {
  @Override
  public String name() {
    return "xmlThreats";
  }

  @Override
  public Class<XmlThreats> config() {
    return XmlThreats.class;
  }

  @Override
  public Stage stage(XmlThreats config) {
    return Stage.PROTECT;
  }

  @Override
  public void check(String at, XmlThreats config, Config whole, Problems problems) {
    MediaTypes.check(at + ".contentTypes", config.contentTypes(), problems);
    MediaTypes.check(at + ".passTypes", config.passTypes(), problems);
    if (config.contentTypes().isEmpty()) {
      problems.error(at + ".contentTypes", "no body would be checked", "leave it out");
    }
  }

  @Override
  public PolicyFactory prepare(XmlThreats config, Preparation preparation) {
    return _ -> new XmlThreatsPolicy(config);
  }
}
