package dev.headgate.policy.mtls;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.ServerTls;
import dev.headgate.config.check.CredentialOwners;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.policy.mtls.MtlsCredential.Wanted;
import java.util.List;
import java.util.Map;

/** The kind {@code mtls}. */
public final class MtlsKind implements PolicyKind<Mtls> {
  @Override
  public String name() {
    return "mtls";
  }

  @Override
  public Class<Mtls> config() {
    return Mtls.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Mtls config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Mtls config, Config whole, Problems problems) {
    boolean asked =
        whole.listeners().values().stream()
            .anyMatch(listener ->
                listener.tls() != null && listener.tls().clients().mode() != ServerTls.Mode.NONE);
    if (!asked) {
      problems.warning(
          at,
          "no listener asks for client certificates: nobody can call",
          "as in 'tls: { clients: { mode: optional, ca: partners.pem } }'");
    }
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
    if (owners(whole, problems).isEmpty() && !config.allowUnknown()) {
      problems.warning(
          at,
          "no consumer has a certificate: nobody can call",
          "name some under 'consumers', or say 'allowUnknown: true'");
    }
  }

  private static Map<Wanted, String> owners(Config whole, Problems problems) {
    return CredentialOwners.of(
        whole,
        MtlsCredential.class,
        MtlsCredential::wanted,
        (where, wanted, owner) ->
            problems.error(
                where,
                "one of its certificates is also one of " + owner,
                "the same " + wanted.field()));
  }

  @Override
  public PolicyFactory prepare(Mtls config, Preparation preparation) {
    Owners owners = new Owners(preparation.name(), config.allowUnknown(), preparation.consumers());
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new MtlsPolicy(owners, headers, loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }
}
