package dev.headgate.policy.introspection;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.check.Urls;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.ClaimRules;
import dev.headgate.jose.IssuerKeys;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.JwsAlgorithm.Family;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.TokenOwners;
import dev.headgate.jwe.Decryption;
import dev.headgate.jwe.DecryptionKeys;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kind {@code introspection}. */
public final class IntrospectionKind implements PolicyKind<Introspection> {
  private static final String RISK = "anybody on the way can read tokens and answer in its place";

  @Override
  public String name() {
    return IntrospectionPolicy.KIND;
  }

  @Override
  public Class<Introspection> config() {
    return Introspection.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Introspection config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Introspection config, Config whole, Problems problems) {
    Urls.http(at + ".endpoint", config.endpoint().toString(), "", "", RISK, problems);
    Urls.tls(at + ".tls", config.tls(), RISK, problems);
    ClaimRules.checkAudience(at + ".audience", config.audience(), problems);
    config.from().check(at + ".from", problems);
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
    client(at + ".client", config.client(), problems);
    if (config.onFailure() == Introspection.OnFailure.ALLOW_CACHED
        && config.cache().maxAge().compareTo(config.cache().active()) < 0) {
      problems.error(
          at + ".cache.maxAge", "answers become too old while they are fresh", "raise it");
    }
    if (config.signed() != null) {
      signed(at, config, config.signed(), problems);
    }
  }

  private static void client(String at, Introspection.Client client, Problems problems) {
    boolean named = client.id() != null && !client.id().isBlank();
    if (client.method() != Introspection.Method.BEARER && !named) {
      problems.error(at + ".id", "who is asking?", "the gateway has a name at the server");
    }
    String secret = client.secret().reveal();
    if (secret.isEmpty()) {
      problems.error(at + ".secret", "the secret is empty", "");
    } else if (client.method() == Introspection.Method.BEARER
        && secret.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      problems.error(at + ".secret", "a token is printable ASCII without spaces", "");
    }
  }

  private static void signed(
      String at, Introspection config, Introspection.Signed signed, Problems problems) {
    if (config.issuer() == null || config.issuer().isBlank()) {
      problems.error(at + ".issuer", "whose keys are answers signed with?", "name the issuer");
    } else {
      IssuerKeys.check(at, config.issuer(), signed.jwks(), signed.keys(), problems);
    }
    if (signed.decryption() != null) {
      signed.decryption().check(at + ".signed.decryption", problems);
    }
    if (config.client().id() == null) {
      problems.error(at + ".client.id", "a signed answer says whom it is for", "name the gateway");
    }
    for (JwsAlgorithm algorithm : signed.algorithms()) {
      if (algorithm.family() == Family.SECRET) {
        problems.error(
            at + ".signed.algorithms", algorithm.text() + " takes a secret, not a key", "");
      }
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(Introspection config, Preparation preparation) {
    Function<Loop, LoopKeys> keys = null;
    DecryptionKeys decryption = null;
    Introspection.Signed signed = config.signed();
    if (signed != null) {
      keys =
          IssuerKeys.prepare(
              Objects.requireNonNull(config.issuer()),
              signed.jwks(),
              signed.keys(),
              "signed.",
              preparation);
      Decryption encrypted = signed.decryption();
      if (encrypted != null) {
        decryption = DecryptionKeys.prepare(encrypted, "signed.decryption.", preparation);
      }
      if (keys == null || (encrypted != null && decryption == null)) {
        return null;
      }
    }
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    TokenOwners owners =
        new TokenOwners(preparation.name(), IntrospectionPolicy.KIND, preparation.consumers());
    Server server = new Server(config, preparation.name(), preparation.resolve(config.tls()));
    IntrospectionPolicy.Prepared prepared =
        new IntrospectionPolicy.Prepared(
            preparation.name(), config, server, new Meaning(config, owners), decryption, headers);
    Function<Loop, LoopKeys> signers = keys;
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new IntrospectionPolicy(
            prepared, signers == null ? null : signers.apply(loop), loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }
}
