package dev.headgate.policy.introspection;

import dev.headgate.callout.Answers.Keep;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.callout.Known.Worth;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.jose.Binding;
import dev.headgate.jose.ClaimRules;
import dev.headgate.jose.ClaimRules.Validity;
import dev.headgate.jose.Refusal;
import dev.headgate.jose.RefusedToken;
import dev.headgate.jose.TokenOwners;
import java.util.Map;

/** What the server's answer means (RFC 7662 section 2.2). Immutable. */
final class Meaning {
  private final ClaimRules rules;
  private final TokenOwners owners;
  private final Keep active;
  private final Keep inactive;

  /** What is known of a token. */
  sealed interface Token {
    /** It is active. */
    record Active(Identity identity, Validity validity, Binding binding) implements Token {}

    /** It is not, or not for us. */
    record Refused(Failure failure) implements Token {}
  }

  Meaning(Introspection config, TokenOwners owners) {
    this.rules =
        new ClaimRules(
            config.issuer(), config.audience(), config.requiredClaims(), false, config.leeway());
    this.owners = owners;
    Introspection.Cache cache = config.cache();
    this.active =
        switch (config.onFailure()) {
          case DENY -> Keep.just(cache.active(), Worth.MUCH);
          case ALLOW_CACHED -> new Keep(cache.active(), cache.maxAge(), Worth.MUCH);
        };
    this.inactive = Keep.just(cache.inactive(), Worth.LITTLE);
  }

  /**
   * @param said the answer
   * @param now milliseconds since 1970
   */
  Reply<Token> of(Map<String, Object> said, long now) {
    if (!(said.get("active") instanceof Boolean isActive)) {
      return new Reply.Failed<>("an answer that does not say whether the token is active");
    }
    if (!isActive) {
      return refused(Refusal.INACTIVE.failure(IntrospectionPolicy.KIND, "it is not active"));
    }
    try {
      Validity validity = rules.check(said, now);
      Token token = new Token.Active(owners.identity(said), validity, Binding.of(said));
      return new Reply.Told<>(token, active);
    } catch (RefusedToken e) {
      return refused(e.failure(IntrospectionPolicy.KIND));
    }
  }

  private Reply<Token> refused(Failure failure) {
    return new Reply.Told<>(new Token.Refused(failure), inactive);
  }
}
