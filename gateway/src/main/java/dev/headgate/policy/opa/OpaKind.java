package dev.headgate.policy.opa;

import dev.headgate.callout.ChangedFields;
import dev.headgate.callout.DecisionFactory;
import dev.headgate.callout.DecisionPoint;
import dev.headgate.callout.DecisionPolicy;
import dev.headgate.callout.OnFailure;
import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.config.Upstream;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.config.check.Urls;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import java.net.URI;

/** The kind {@code opa}. */
public final class OpaKind implements PolicyKind<Opa> {
  private static final String RISK = "anybody on the way can decide in its place";
  private static final int MOST_BYTES = 64 * 1024;

  @Override
  public String name() {
    return "opa";
  }

  @Override
  public Class<Opa> config() {
    return Opa.class;
  }

  @Override
  public Stage stage(Opa config) {
    return Stage.AUTHORIZE;
  }

  @Override
  public void check(String at, Opa config, Config whole, Problems problems) {
    URI url = Urls.http(at + ".url", config.url().toString(), "", "", RISK, problems);
    if (url != null && !String.valueOf(url.getPath()).startsWith("/v1/data/")) {
      problems.warning(
          at + ".url", "decisions are usually below '/v1/data/'", "as in '/v1/data/orders/authz'");
    }
    SecretText token = config.token();
    if (token != null && !isToken(token.reveal())) {
      problems.error(at + ".token", "a token is printable ASCII without spaces", "");
    }
    Urls.tls(at + ".tls", config.tls(), RISK, problems);
    new HeaderFields(problems).names(at + ".send", config.send());
    ChangedFields.checkUpstream(at + ".toUpstream", config.toUpstream(), problems);
    if (config.onFailure() == OnFailure.ALLOW) {
      problems.warning(at + ".onFailure", "everybody is let through while OPA is away", "");
    }
    if (config.cache() != null) {
      config.cache().check(at + ".cache", problems);
    }
  }

  private static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  @Override
  public PolicyFactory prepare(Opa config, Preparation preparation) {
    Terms terms =
        new Terms(
            preparation.name(),
            config.timeout(),
            MOST_BYTES,
            Upstream.Protocol.AUTO,
            preparation.resolve(config.tls()));
    DecisionPoint agent = new Agent(config, terms);
    DecisionPolicy.Settings settings =
        new DecisionPolicy.Settings(
            preparation.name(),
            "opa",
            config.onFailure(),
            config.failureStatus(),
            config.cache(),
            config.breaker());
    return new DecisionFactory(agent, settings, config.toUpstream());
  }
}
