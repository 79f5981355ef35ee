package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import dev.headgate.jose.ClaimRules;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.TokenRules;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Verifies ID tokens (OpenID Connect Core 1.0 sections 3.1.3.7 and 12.2). */
@LoopConfined
final class IdTokens {
  private final String client;
  private final SignedTokens tokens;

  /**
   * What a token must agree with besides the rules for all.
   *
   * @param nonce null where none need be there
   * @param subject whose it must be; null for anybody's
   * @param accessToken that came with it; empty if none did
   */
  record Expected(@Nullable String nonce, @Nullable String subject, String accessToken) {}

  IdTokens(Oidc config, LoopKeys keys, Loop loop) {
    this.client = config.client().id();
    TokenRules rules =
        new TokenRules(
            config.algorithms(),
            List.of(),
            new ClaimRules(
                config.issuer(), List.of(client), List.of("sub", "iat"), true, config.leeway()));
    this.tokens = new SignedTokens(rules, keys, loop);
  }

  /** Tells once, perhaps before it returns. */
  void verify(String token, Expected expected, SignedTokens.Listener listener) {
    tokens.verify(token, said -> breach(said, expected), listener);
  }

  private @Nullable String breach(TokenRules.Said said, Expected expected) {
    Map<String, Object> claims = said.claims();
    Object party = claims.get("azp");
    boolean severalAudiences = claims.get("aud") instanceof List<?> list && list.size() > 1;
    if (party == null ? severalAudiences : !party.equals(client)) {
      return "its 'azp' is not the client";
    }
    if (expected.nonce() != null && !expected.nonce().equals(claims.get("nonce"))) {
      return "its 'nonce' is not the login's";
    }
    if (claims.get("sub") instanceof String subject
        && (subject.isEmpty()
            || (expected.subject() != null && !expected.subject().equals(subject)))) {
      return "its 'sub' is another's";
    }
    Object hash = claims.get("at_hash");
    if (hash != null
        && !expected.accessToken().isEmpty()
        && !hash.equals(hash(said.algorithm(), expected.accessToken()))) {
      return "its 'at_hash' is not the access token's";
    }
    return null;
  }

  /** The left half of the hash that goes with the signature's algorithm (section 3.1.3.6). */
  private static String hash(JwsAlgorithm algorithm, String accessToken) {
    String name =
        switch (algorithm) {
          case RS256, PS256, ES256, HS256 -> "SHA-256";
          case RS384, PS384, ES384, HS384 -> "SHA-384";
          case RS512, PS512, ES512, HS512, EDDSA -> "SHA-512";
        };
    try {
      byte[] whole =
          MessageDigest.getInstance(name).digest(accessToken.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(whole, whole.length / 2));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + name, e);
    }
  }
}
