package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.jose.ClaimRules;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.TokenRules;
import dev.headgate.jose.Verification;
import dev.headgate.policy.oidc.SignedTokens.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Verifies logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.6). Each is taken once:
 * it must be young, so that its id need not be known for long.
 */
@LoopConfined
final class LogoutTokens {
  private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
  private static final Duration OLDEST = Duration.ofMinutes(10);
  private static final int LONGEST_NAME = 512;
  private static final int MOST_IDS = 100_000;

  private final SignedTokens tokens;
  private final SeenOnce seen;
  private final Duration leeway;
  private final Loop loop;

  LogoutTokens(Oidc config, LoopKeys keys, SeenOnce seen, Loop loop) {
    ClaimRules claims =
        new ClaimRules(
            config.issuer(),
            List.of(config.client().id()),
            List.of("iat", "jti", "events"),
            true,
            config.leeway());
    TokenRules rules =
        new TokenRules(
            config.algorithms(), List.of("logout+jwt", "JWT", TokenRules.NO_TYPE), claims);
    this.tokens = new SignedTokens(rules, keys, loop);
    this.seen = seen;
    this.leeway = config.leeway();
    this.loop = loop;
  }

  /** Tells once, perhaps before it returns. */
  void verify(String token, SignedTokens.Listener listener) {
    tokens.verify(
        token,
        said -> breach(said.claims()),
        verdict -> {
          if (verdict instanceof Verdict.Holds holds) {
            takeOnce(holds, listener);
          } else {
            listener.decided(verdict);
          }
        });
  }

  private @Nullable String breach(Map<String, Object> claims) {
    if (!(claims.get("events") instanceof Map<?, ?> events)
        || !(events.get(EVENT) instanceof Map<?, ?>)) {
      return "its 'events' have no " + EVENT;
    }
    if (claims.containsKey("nonce")) {
      return "it has a 'nonce', as ID tokens have"; // One must not pass for the other.
    }
    if (claims.get("sid") == null && claims.get("sub") == null) {
      return "it has neither 'sid' nor 'sub'";
    }
    for (String name : List.of("sid", "sub", "jti")) {
      if (claims.containsKey(name) && !isName(claims.get(name))) {
        return "its '" + name + "' is no text of 1 to " + LONGEST_NAME + " characters";
      }
    }
    double issued = ((Number) Objects.requireNonNull(claims.get("iat"))).doubleValue() * 1000;
    return loop.wallMillis() - issued > OLDEST.plus(leeway).toMillis()
        ? "it was issued more than " + OLDEST.toMinutes() + " minutes ago"
        : null;
  }

  private static boolean isName(@Nullable Object value) {
    return value instanceof String text && !text.isEmpty() && text.length() <= LONGEST_NAME;
  }

  private void takeOnce(Verdict.Holds holds, SignedTokens.Listener listener) {
    byte[] id =
        ((String) Objects.requireNonNull(holds.claims().get("jti")))
            .getBytes(StandardCharsets.UTF_8);
    long now = loop.nanos();
    long known = OLDEST.plus(leeway.multipliedBy(2)).toNanos();
    boolean accepted =
        loop.offload()
            .run(
                () -> seen.first(id, now, known, MOST_IDS),
                (what, thrown) ->
                    listener.decided(
                        switch (what) {
                          case FIRST -> holds;
                          case AGAIN -> new Verdict.Wrong("it was shown before");
                          case FULL ->
                              new Verdict.Undecided(
                                  Verification.Obstacle.LOAD,
                                  "more than " + MOST_IDS + " logout tokens within minutes");
                          case null ->
                              new Verdict.Undecided(
                                  Verification.Obstacle.BROKEN, "cannot verify: " + thrown);
                        }));
    if (!accepted) {
      listener.decided(
          new Verdict.Undecided(Verification.Obstacle.LOAD, "too many tokens to verify at once"));
    }
  }
}
