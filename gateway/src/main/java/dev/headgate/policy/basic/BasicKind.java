package dev.headgate.policy.basic;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.check.CredentialOwners;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.secret.ProvenSecrets;
import java.util.List;
import java.util.Map;

/** The kind {@code basic}. */
public final class BasicKind implements PolicyKind<Basic> {
  @Override
  public String name() {
    return "basic";
  }

  @Override
  public Class<Basic> config() {
    return Basic.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Basic config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Basic config, Config whole, Problems problems) {
    if (config.realm().chars().anyMatch(c -> c < ' ' || c > '~' || c == '"' || c == '\\')) {
      problems.error(
          at + ".realm", "only printable ASCII without quotes and backslashes can be sent", "");
    }
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
    Map<String, String> owners =
        CredentialOwners.of(
            whole,
            BasicCredential.class,
            BasicCredential::user,
            (where, _, owner) ->
                problems.error(where, "one of its users is also one of " + owner, ""));
    if (owners.isEmpty()) {
      problems.warning(at, "no consumer has a password: nobody can call", "");
    }
  }

  @Override
  public PolicyFactory prepare(Basic config, Preparation preparation) {
    Users users = new Users(preparation.name(), preparation.consumers());
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    ProvenSecrets.ByLoop proven = ProvenSecrets.ByLoop.shared(preparation);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new BasicPolicy(config, users, headers, proven.of(loop), loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }
}
