package dev.headgate.policy.extauthz;

import dev.headgate.callout.ChangedFields;
import dev.headgate.callout.DecisionFactory;
import dev.headgate.callout.DecisionPoint;
import dev.headgate.callout.DecisionPolicy;
import dev.headgate.callout.OnFailure;
import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.Upstream;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.config.check.Urls;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;

/** The kind {@code extAuthz}. */
public final class ExtAuthzKind implements PolicyKind<ExtAuthz> {
  private static final String RISK = "anybody on the way can decide in its place";
  private static final int MOST_BYTES = 64 * 1024;

  @Override
  public String name() {
    return "extAuthz";
  }

  @Override
  public Class<ExtAuthz> config() {
    return ExtAuthz.class;
  }

  @Override
  public Stage stage(ExtAuthz config) {
    return Stage.AUTHORIZE;
  }

  @Override
  public void check(String at, ExtAuthz config, Config whole, Problems problems) {
    Urls.http(at + ".url", config.url().toString(), "", "", RISK, problems);
    Urls.tls(at + ".tls", config.tls(), RISK, problems);
    if (config.path() == ExtAuthz.Path.APPEND && config.url().getRawQuery() != null) {
      problems.error(at + ".url", "a path cannot be appended to a query", "");
    }
    if (config.protocol() == ExtAuthz.Protocol.GRPC) {
      grpc(at, config, problems);
    }
    new HeaderFields(problems).names(at + ".send", config.send());
    IdentityHeaders.check(at + ".identity", config.identity(), problems);
    ChangedFields.checkUpstream(at + ".toUpstream", config.toUpstream(), problems);
    ChangedFields.check(at + ".toClient", config.toClient(), problems);
    ChangedFields.check(at + ".refusal", config.refusal(), problems);
    if (config.onFailure() == OnFailure.ALLOW) {
      problems.warning(at + ".onFailure", "everybody is let through while the service is away", "");
    }
    if (config.cache() != null) {
      config.cache().check(at + ".cache", problems);
    }
  }

  private static void grpc(String at, ExtAuthz config, Problems problems) {
    String path = config.url().getPath();
    if (path != null && path.length() > 1) {
      problems.error(at + ".url", "gRPC has a path of its own", "leave the path out");
    }
    if (config.path() != ExtAuthz.Path.FIXED || config.method() != ExtAuthz.Method.GET) {
      problems.error(at, "'path' and 'method' are for HTTP", "leave them out");
    }
    if (!config.toClient().isEmpty()) {
      problems.error(at + ".toClient", "with gRPC the service says it", "leave it out");
    }
  }

  @Override
  public PolicyFactory prepare(ExtAuthz config, Preparation preparation) {
    boolean grpc = config.protocol() == ExtAuthz.Protocol.GRPC;
    Terms terms =
        new Terms(
            preparation.name(),
            config.timeout(),
            MOST_BYTES,
            grpc ? Upstream.Protocol.HTTP2 : Upstream.Protocol.AUTO,
            preparation.resolve(config.tls()));
    IdentityHeaders identity = new IdentityHeaders("", config.identity());
    DecisionPoint service =
        grpc ? new GrpcService(config, terms, identity) : new HttpService(config, terms, identity);
    DecisionPolicy.Settings settings =
        new DecisionPolicy.Settings(
            preparation.name(),
            "ext_authz",
            config.onFailure(),
            config.failureStatus(),
            config.cache(),
            config.breaker());
    return new DecisionFactory(service, settings, config.toUpstream());
  }
}
