package dev.headgate.jose;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import java.util.List;

/**
 * One token on its way to being believed. If there is no key for it, or none that made its
 * signature, newer keys are asked for, once: only with those of now can a token be said to be
 * wrong. That goes for a token that names its key too, because some issuers put a new key under an
 * old name. If the issuer then cannot be asked, such a token is wrong all the same: by the key that
 * it names, which is believed until it is too old.
 */
@LoopConfined
public final class Verification {
  private final CompactJws token;
  private final JwsAlgorithm algorithm;
  private final LoopKeys keys;
  private final Loop loop;
  private final Listener listener;
  private Freshness freshness = Freshness.UNKNOWN;

  private enum Freshness {
    UNKNOWN,
    FRESH,
    STALE
  }

  /** How it ended. */
  public sealed interface Verdict {}

  /** The key made its signature. */
  public record Verified(VerificationKey key, KeySet keys) implements Verdict {}

  /** By the keys of now it is wrong. */
  public record Wrong(Refusal refusal, String detail) implements Verdict {}

  /** Nothing can be said about the token. */
  public record Undecided(Obstacle obstacle, String detail) implements Verdict {}

  /** Why nothing can be said about a token. */
  public enum Obstacle {
    /** The issuer's keys cannot be had now. */
    KEYS,
    /** There is too much to do. */
    LOAD,
    /** A mistake of ours. */
    BROKEN
  }

  /** Who waits for the verdict. */
  public interface Listener {
    void decided(Verdict verdict);
  }

  private Verification(
      CompactJws token, JwsAlgorithm algorithm, LoopKeys keys, Loop loop, Listener listener) {
    this.token = token;
    this.algorithm = algorithm;
    this.keys = keys;
    this.loop = loop;
    this.listener = listener;
  }

  /**
   * Verifies a token.
   *
   * @param algorithm the token's, which must be one that is taken
   * @param listener told once, perhaps before this returns
   */
  public static void begin(
      CompactJws token, JwsAlgorithm algorithm, LoopKeys keys, Loop loop, Listener listener) {
    new Verification(token, algorithm, keys, loop, listener).begin();
  }

  private void begin() {
    KeySet current = keys.usable();
    String id = token.keyId();
    if (current == null) {
      askForKeys("there are none");
      return;
    }
    List<VerificationKey> candidates = current.candidates(algorithm, id);
    if (!candidates.isEmpty()) {
      verify(current, candidates);
    } else if (id != null && current.knows(id)) {
      tell(new Wrong(Refusal.ALGORITHM, "its 'alg' is not its key's"));
    } else if (freshness == Freshness.FRESH || !keys.change()) {
      tell(new Wrong(Refusal.KEY_UNKNOWN, "no key of the issuer has its 'kid' or its 'alg'"));
    } else {
      askForKeys("its key is not among them");
    }
  }

  private void askForKeys(String why) {
    if (!asked()) {
      tell(new Undecided(Obstacle.KEYS, "the issuer's keys cannot be had now, and " + why));
    }
  }

  /** Whether newer keys will come; if so, it goes on when they have. */
  private boolean asked() {
    return freshness == Freshness.UNKNOWN && keys.ask(this::fetched) == FetchedKeys.Asked.WAITING;
  }

  private void fetched(FetchedKeys.Ended how) {
    freshness =
        switch (how) {
          case FRESH -> Freshness.FRESH;
          case NEWER -> Freshness.UNKNOWN;
          case FAILED -> Freshness.STALE;
        };
    begin();
  }

  private void verify(KeySet current, List<VerificationKey> candidates) {
    boolean accepted =
        loop.offload()
            .<List<VerificationKey>>run(
                () ->
                    candidates.stream()
                        .filter(key -> key.verifies(algorithm, token))
                        .limit(1)
                        .toList(),
                (matching, failure) -> {
                  if (matching == null) {
                    tell(new Undecided(Obstacle.BROKEN, "cannot verify: " + failure));
                  } else if (matching.isEmpty()) {
                    noneMatches(current);
                  } else {
                    tell(new Verified(matching.getFirst(), current));
                  }
                });
    if (!accepted) {
      tell(new Undecided(Obstacle.LOAD, "too many tokens to verify at once"));
    }
  }

  private void noneMatches(KeySet tried) {
    if (keys.usable() != tried) {
      begin();
    } else if (!asked()) {
      boolean mayBeOfNewKey = keys.change() && freshness != Freshness.FRESH;
      tell(
          mayBeOfNewKey && token.keyId() == null
              ? new Undecided(Obstacle.KEYS, "the issuer's keys cannot be had now")
              : new Wrong(Refusal.SIGNATURE, "no key of the issuer made its signature"));
    }
  }

  private void tell(Verdict verdict) {
    listener.decided(verdict);
  }
}
