package dev.headgate.policy.jwt;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.ClaimRules;
import dev.headgate.jose.IssuerKeys;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.JwsAlgorithm.Family;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.TokenOwners;
import dev.headgate.jose.TokenRules;
import dev.headgate.jose.VerificationKey;
import dev.headgate.jwe.Decryption;
import dev.headgate.jwe.DecryptionKeys;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kind {@code jwt}. */
public final class JwtKind implements PolicyKind<Jwt> {
  @Override
  public String name() {
    return JwtPolicy.KIND;
  }

  @Override
  public Class<Jwt> config() {
    return Jwt.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Jwt config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Jwt config, Config whole, Problems problems) {
    if (config.issuer().isBlank()) {
      problems.error(at + ".issuer", "the issuer is empty", "it is the 'iss' of the tokens");
    }
    ClaimRules.checkAudience(at + ".audience", config.audience(), problems);
    if (config.secret() != null) {
      secret(at, config, config.secret(), problems);
    } else {
      keys(at, config, problems);
    }
    if (config.decryption() != null) {
      config.decryption().check(at + ".decryption", problems);
    }
    config.from().check(at + ".from", problems);
    if (!config.requireExpiry()) {
      problems.warning(
          at + ".requireExpiry", "a token without 'exp' is good for ever, stolen ones too", "");
    }
    possession(at, config, problems);
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
  }

  private static void possession(String at, Jwt config, Problems problems) {
    SecretText secret = config.dpop().nonceSecret();
    if (secret != null && !config.dpop().nonce()) {
      problems.error(at + ".dpop.nonceSecret", "there are no nonces", "write 'nonce: true' too");
    }
    if (secret != null && VerificationKey.secret(secret.reveal()).algorithms().isEmpty()) {
      problems.error(
          at + ".dpop.nonceSecret", "the secret is too short", "it must have 32 bytes or more");
    }
  }

  private static void secret(String at, Jwt config, SecretText secret, Problems problems) {
    if (config.jwks() != null) {
      problems.error(
          at + ".secret", "tokens are signed with a secret or with keys", "leave one out");
    }
    List<JwsAlgorithm> algorithms =
        config.algorithms().isEmpty() ? List.of(JwsAlgorithm.HS256) : config.algorithms();
    for (JwsAlgorithm algorithm : algorithms) {
      if (algorithm.family() != Family.SECRET) {
        problems.error(
            at + ".algorithms",
            algorithm.text() + " takes a key, not a secret",
            "name a policy each");
      } else if (!VerificationKey.secret(secret.reveal()).algorithms().contains(algorithm)) {
        problems.error(
            at + ".secret",
            "the secret is too short for " + algorithm.text(),
            "it must have " + VerificationKey.shortestSecret(algorithm) + " bytes or more");
      }
    }
  }

  private static void keys(String at, Jwt config, Problems problems) {
    for (JwsAlgorithm algorithm : config.algorithms()) {
      if (algorithm.family() == Family.SECRET) {
        problems.error(
            at + ".algorithms",
            algorithm.text() + " needs a 'secret'",
            "published keys are no secret: who reads them could sign with them");
      }
    }
    IssuerKeys.check(at, config.issuer(), config.jwks(), config.keys(), problems);
  }

  @Override
  public @Nullable PolicyFactory prepare(Jwt config, Preparation preparation) {
    Function<Loop, LoopKeys> keys = keys(config, preparation);
    Decryption encrypted = config.decryption();
    DecryptionKeys decryption =
        encrypted == null ? null : DecryptionKeys.prepare(encrypted, "decryption.", preparation);
    if (keys == null || (encrypted != null && decryption == null)) {
      return null;
    }
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    TokenOwners owners =
        new TokenOwners(preparation.name(), JwtPolicy.KIND, preparation.consumers());
    JwtPolicy.Prepared prepared =
        new JwtPolicy.Prepared(
            config, rules(config), decryption, proofs(config, preparation), owners, headers);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new JwtPolicy(prepared, keys.apply(loop), loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }

      @Override
      public List<String> credentialParameters() {
        String query = config.from().query();
        return query == null ? List.of() : List.of(query);
      }
    };
  }

  private static ProofRules proofs(Jwt config, Preparation preparation) {
    String name = preparation.name();
    SecretText secret = config.dpop().nonceSecret();
    Nonces nonces = null;
    if (config.dpop().nonce()) {
      nonces =
          secret != null
              ? new Nonces(secret)
              : preparation.shared(Nonces.class, name, () -> new Nonces(null));
    }
    return new ProofRules(config, nonces, preparation.shared(SeenOnce.class, name, SeenOnce::new));
  }

  private static @Nullable Function<Loop, LoopKeys> keys(Jwt config, Preparation preparation) {
    if (config.secret() == null) {
      return IssuerKeys.prepare(config.issuer(), config.jwks(), config.keys(), "", preparation);
    }
    KeySet secret =
        new KeySet(List.of(VerificationKey.secret(config.secret().reveal())), List.of());
    return loop -> LoopKeys.fixed(loop, secret);
  }

  static TokenRules rules(Jwt config) {
    List<JwsAlgorithm> algorithms =
        config.algorithms().isEmpty() && config.secret() != null
            ? List.of(JwsAlgorithm.HS256)
            : config.algorithms();
    ClaimRules claims =
        new ClaimRules(
            config.issuer(),
            config.audience(),
            config.requiredClaims(),
            config.requireExpiry(),
            config.leeway());
    return new TokenRules(algorithms, config.type(), claims);
  }
}
