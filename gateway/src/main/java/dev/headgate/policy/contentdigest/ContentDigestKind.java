package dev.headgate.policy.contentdigest;

import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;

/** The kind {@code contentDigest}. */
public final class ContentDigestKind implements PolicyKind<ContentDigest> {
  @Override
  public String name() {
    return "contentDigest";
  }

  @Override
  public Class<ContentDigest> config() {
    return ContentDigest.class;
  }

  @Override
  public Stage stage(ContentDigest config) {
    return Stage.VALIDATE;
  }

  @Override
  public PolicyFactory prepare(ContentDigest config, Preparation preparation) {
    return _ -> new ContentDigestPolicy(config.required());
  }
}
