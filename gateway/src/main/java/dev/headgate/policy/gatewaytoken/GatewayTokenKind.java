package dev.headgate.policy.gatewaytoken;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.TokenSigner;
import dev.headgate.jose.VerificationKey;
import dev.headgate.pem.PrivateKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kind {@code gatewayToken}. */
public final class GatewayTokenKind implements PolicyKind<GatewayToken> {
  private static final int LARGEST_FILE = 64 * 1024;

  @Override
  public String name() {
    return "gatewayToken";
  }

  @Override
  public Class<GatewayToken> config() {
    return GatewayToken.class;
  }

  @Override
  public Stage stage(GatewayToken config) {
    return Stage.TRANSFORM;
  }

  @Override
  public void check(String at, GatewayToken config, Config whole, Problems problems) {
    new HeaderFields(problems).changed(at + ".header", config.header());
    if (config.issuer().isBlank()) {
      problems.error(at + ".issuer", "the issuer is empty", "it is how upstreams know the gateway");
    }
    SecretText secret = config.secret();
    if ((config.key() == null) == (secret == null)) {
      problems.error(
          at, "a token is signed with a key or with a secret", "name 'key', or else 'secret'");
    }
    int shortest = VerificationKey.shortestSecret(JwsAlgorithm.HS256);
    if (secret != null && secret.reveal().getBytes(StandardCharsets.UTF_8).length < shortest) {
      problems.error(at + ".secret", "the secret is too short", "it must have 32 bytes or more");
    }
    for (String claim : config.claims().keySet()) {
      if (TokenClaims.OWN.contains(claim)) {
        problems.error(
            at + ".claims." + claim,
            Shown.quoted(claim) + " is said by the gateway itself",
            "give it another name");
      }
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(GatewayToken config, Preparation preparation) {
    TokenSigner signer = signer(config, preparation);
    if (signer == null) {
      return null;
    }
    TokenClaims claims = new TokenClaims(config);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new GatewayTokenPolicy(config, claims, signer, loop);
      }

      @Override
      public List<String> identityHeaders() {
        return List.of(config.header());
      }
    };
  }

  private static @Nullable TokenSigner signer(GatewayToken config, Preparation preparation) {
    if (config.secret() != null) {
      return TokenSigner.secret(config.secret());
    }
    if (config.key() == null) {
      return null; // Reported by the check.
    }
    try {
      return TokenSigner.of(PrivateKeys.read(preparation.file(config.key(), LARGEST_FILE)));
    } catch (IOException e) {
      preparation.error("key", "the file cannot be read: " + e.getMessage(), "");
    } catch (InvalidKeyException e) {
      preparation.error("key", Shown.quoted(config.key()) + " " + e.getMessage(), "");
    }
    return null;
  }
}
