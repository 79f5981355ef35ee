package dev.headgate.policy.introspection;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Callouts.Answer.Answered;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.jose.ClaimRules;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.RefusedToken;
import dev.headgate.jose.TokenRules;
import dev.headgate.jose.Verification;
import dev.headgate.jwe.DecryptionKeys;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens signed answers, which may be encrypted besides (RFC 9701 section 5). What is wrong with one
 * says nothing of the token.
 */
@LoopConfined
final class SignedAnswers {
  private static final String CLAIM = "token_introspection";

  private final TokenRules rules;
  private final LoopKeys keys;
  private final @Nullable DecryptionKeys decryption;
  private final Loop loop;

  /** Who waits for what is inside. */
  interface Listener {
    /**
     * @param inside null if it cannot be believed
     * @param why empty if it can
     */
    void opened(@Nullable Map<String, Object> inside, String why);
  }

  /**
   * @param decryption what opens encrypted answers; null if none are taken
   */
  SignedAnswers(
      Introspection config,
      Introspection.Signed signed,
      LoopKeys keys,
      @Nullable DecryptionKeys decryption,
      Loop loop) {
    ClaimRules claims =
        new ClaimRules(
            config.issuer(),
            List.of(Objects.requireNonNull(config.client().id())),
            List.of("iat", CLAIM),
            false,
            config.leeway());
    this.rules = new TokenRules(signed.algorithms(), List.of("token-introspection+jwt"), claims);
    this.keys = keys;
    this.decryption = decryption;
    this.loop = loop;
  }

  /** Tells once, perhaps before it returns. */
  void open(Answered answer, Listener listener) {
    String type = Objects.requireNonNullElse(answer.headers().get(HeaderName.CONTENT_TYPE), "");
    if (!type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals(Server.SIGNED)) {
      listener.opened(null, "an answer that is not signed");
      return;
    }
    try {
      DecryptionKeys opener = decryption;
      if (opener != null && opener.opens(answer.body(), 0, answer.body().length)) {
        decrypt(opener, answer.body(), listener);
      } else {
        verify(answer.body(), listener);
      }
    } catch (RefusedToken e) {
      bad(String.valueOf(e.getMessage()), listener);
    }
  }

  private void decrypt(DecryptionKeys opener, byte[] answer, Listener listener) {
    boolean accepted =
        loop.offload()
            .run(
                () -> opener.open(answer),
                (inside, thrown) -> {
                  if (inside == null) {
                    bad(String.valueOf(thrown == null ? null : thrown.getMessage()), listener);
                    return;
                  }
                  try {
                    verify(inside, listener);
                  } catch (RefusedToken e) {
                    bad(String.valueOf(e.getMessage()), listener);
                  }
                });
    if (!accepted) {
      listener.opened(null, "too much to decrypt at once");
    }
  }

  private void verify(byte[] answer, Listener listener) throws RefusedToken {
    TokenRules.Said said = rules.read(answer, 0, answer.length, loop.wallMillis());
    Verification.begin(
        said.token(),
        said.algorithm(),
        keys,
        loop,
        verdict -> {
          switch (verdict) {
            case Verification.Verified _ -> opened(said, listener);
            case Verification.Wrong(var _, String detail) -> bad(detail, listener);
            case Verification.Undecided(var _, String detail) -> bad(detail, listener);
          }
        });
  }

  @SuppressWarnings("unchecked") // an object of JSON has texts for names
  private static void opened(TokenRules.Said said, Listener listener) {
    if (said.claims().get(CLAIM) instanceof Map<?, ?> inside) {
      listener.opened((Map<String, Object>) inside, "");
    } else {
      bad("its '" + CLAIM + "' is no object", listener);
    }
  }

  private static void bad(String detail, Listener listener) {
    listener.opened(null, "a signed answer that cannot be believed: " + detail);
  }

  void close() {
    keys.close();
  }
}
