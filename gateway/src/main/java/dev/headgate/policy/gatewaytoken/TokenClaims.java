package dev.headgate.policy.gatewaytoken;

import dev.headgate.exchange.Claims;
import dev.headgate.exchange.Identity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a token of the gateway says. Immutable. */
final class TokenClaims {
  /** What a user cannot have said by others. */
  static final Set<String> OWN =
      Set.of(
          "iss", "aud", "iat", "exp", "nbf", "jti", "sub", "policy", "consumer", "groups", "scope");

  private final GatewayToken config;

  TokenClaims(GatewayToken config) {
    this.config = config;
  }

  /**
   * The claims of a token.
   *
   * @param identity null for a caller that nobody vouched for
   * @param now in milliseconds since 1970
   */
  Map<String, Object> of(@Nullable Identity identity, List<String> audience, long now) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", config.issuer());
    claims.put("aud", audience.size() == 1 ? audience.getFirst() : audience);
    claims.put("iat", now / 1000);
    claims.put("exp", (now + config.lifetime().toMillis()) / 1000);
    if (identity != null) {
      about(identity, claims);
    }
    return claims;
  }

  private void about(Identity identity, Map<String, Object> claims) {
    claims.put("sub", identity.subject());
    claims.put("policy", identity.policy());
    if (identity.consumer() != null) {
      claims.put("consumer", identity.consumer().name());
      claims.put("groups", identity.groups());
    }
    if (!identity.scopes().isEmpty()) {
      claims.put("scope", String.join(" ", identity.scopes()));
    }
    config
        .claims()
        .forEach((name, path) -> {
          Object said = Claims.at(identity.claims(), path);
          if (said != null) {
            claims.put(name, said);
          }
        });
  }
}
