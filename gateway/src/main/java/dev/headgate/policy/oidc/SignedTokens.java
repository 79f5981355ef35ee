package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.RefusedToken;
import dev.headgate.jose.TokenRules;
import dev.headgate.jose.Verification;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Verifies what the provider signs: ID tokens and logout tokens. */
@LoopConfined
final class SignedTokens {
  private static final String KIND = "oidc";

  private final TokenRules rules;
  private final LoopKeys keys;
  private final Loop loop;

  /** What came of it. */
  sealed interface Verdict {
    record Holds(Map<String, Object> claims) implements Verdict {}

    record Wrong(String why) implements Verdict {}

    record Undecided(Verification.Obstacle obstacle, String why) implements Verdict {}
  }

  /** Who waits for a verdict. */
  interface Listener {
    void decided(Verdict verdict);
  }

  /** What a token must say besides the rules for all. */
  interface Agreement {
    /** What is wrong with a token; null if nothing is. */
    @Nullable String breach(TokenRules.Said said);
  }

  SignedTokens(TokenRules rules, LoopKeys keys, Loop loop) {
    this.rules = rules;
    this.keys = keys;
    this.loop = loop;
  }

  /** Tells once, perhaps before it returns. */
  void verify(String token, Agreement agreement, Listener listener) {
    byte[] bytes = token.getBytes(StandardCharsets.US_ASCII);
    TokenRules.Said said;
    try {
      said = rules.read(bytes, 0, bytes.length, loop.wallMillis());
    } catch (RefusedToken e) {
      listener.decided(new Verdict.Wrong(e.failure(KIND).detail()));
      return;
    }
    String breach = agreement.breach(said);
    if (breach != null) {
      listener.decided(new Verdict.Wrong(breach));
      return;
    }
    Verification.begin(
        said.token(),
        said.algorithm(),
        keys,
        loop,
        verdict ->
            listener.decided(
                switch (verdict) {
                  case Verification.Verified _ -> new Verdict.Holds(said.claims());
                  case Verification.Wrong wrong -> new Verdict.Wrong(wrong.detail());
                  case Verification.Undecided undecided ->
                      new Verdict.Undecided(undecided.obstacle(), undecided.detail());
                }));
  }
}
