package dev.headgate.policy.jwt;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.FetchedKeys;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.VerificationKey;
import dev.headgate.policy.jwt.Possession.Scheme;
import java.util.ArrayList;
import java.util.List;

/**
 * One token on its way to being believed, with the requests that wait for it. If there is no key
 * for it, or none that made its signature although the token does not say which should have, newer
 * keys are asked for, once: only with those of now can a token be said to be wrong.
 */
@LoopConfined
final class Verification {
  private final TokenRules.Said said;
  private final LoopKeys keys;
  private final Loop loop;
  private final Owner owner;
  private final List<Waiter> waiters = new ArrayList<>();
  private Freshness freshness = Freshness.UNKNOWN;

  private record Waiter(Exchange exchange, Scheme scheme, Decision.Await await) {}

  private enum Freshness {
    UNKNOWN,
    FRESH,
    STALE
  }

  /** A token that holds, and the key among those keys that says so. */
  record Verified(TokenRules.Said said, VerificationKey key, KeySet keys) {}

  /** Who began it. It is told once how it ended. */
  interface Owner {
    KnownTokens.Token verified(Verified verified);

    void refused();

    /** Whether the token is that of a caller who waited. */
    Decision vouch(KnownTokens.Token token, Scheme scheme, Exchange exchange);
  }

  Verification(TokenRules.Said said, LoopKeys keys, Loop loop, Owner owner) {
    this.said = said;
    this.keys = keys;
    this.loop = loop;
    this.owner = owner;
  }

  /** Lets a request wait. */
  Decision join(Exchange exchange, Scheme scheme) {
    Decision.Await await = new Decision.Await();
    waiters.add(new Waiter(exchange, scheme, await));
    return await;
  }

  void begin() {
    KeySet current = keys.usable();
    String id = said.token().keyId();
    if (current == null) {
      askForKeys("there are none");
      return;
    }
    List<VerificationKey> candidates = current.candidates(said.algorithm(), id);
    if (!candidates.isEmpty()) {
      verify(current, candidates);
    } else if (id != null && current.knows(id)) {
      refuse(Refusal.ALGORITHM.failure("its 'alg' is not its key's"));
    } else if (freshness == Freshness.FRESH || !keys.change()) {
      refuse(Refusal.KEY_UNKNOWN.failure("no key of the issuer has its 'kid' or its 'alg'"));
    } else {
      askForKeys("its key is not among them");
    }
  }

  private void askForKeys(String why) {
    boolean waiting =
        freshness == Freshness.UNKNOWN && keys.ask(this::fetched) == FetchedKeys.Asked.WAITING;
    if (!waiting) {
      refuse(JwtPolicy.unavailable("the issuer's keys cannot be had now, and " + why));
    }
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
                        .filter(key -> key.verifies(said.algorithm(), said.token()))
                        .limit(1)
                        .toList(),
                (matching, failure) -> {
                  if (matching == null) {
                    refuse(
                        Failure.gateway(
                            Stage.AUTHENTICATE, 500, "policy.failed", "cannot verify: " + failure));
                  } else if (matching.isEmpty()) {
                    noneMatches(current);
                  } else {
                    accept(new Verified(said, matching.getFirst(), current));
                  }
                });
    if (!accepted) {
      refuse(
          Failure.gateway(
              Stage.AUTHENTICATE, 503, "overload.crypto", "too many tokens to verify at once"));
    }
  }

  private void noneMatches(KeySet tried) {
    boolean newer = keys.usable() != tried;
    boolean mayBeOfNewKey = said.token().keyId() == null && keys.change();
    if (mayBeOfNewKey && freshness == Freshness.UNKNOWN) {
      askForKeys("none of those there are made its signature");
    } else if (mayBeOfNewKey && freshness == Freshness.STALE) {
      refuse(JwtPolicy.unavailable("the issuer's keys cannot be had now"));
    } else if (mayBeOfNewKey && newer) {
      begin();
    } else {
      refuse(Refusal.SIGNATURE.failure("no key of the issuer made its signature"));
    }
  }

  private void accept(Verified verified) {
    try {
      said.checkTime(loop.wallMillis());
    } catch (RefusedToken e) {
      refuse(e.failure());
      return;
    }
    KnownTokens.Token token = owner.verified(verified);
    for (Waiter waiter : waiters) {
      if (!waiter.await().cancelled()) {
        waiter.await().follow(owner.vouch(token, waiter.scheme(), waiter.exchange()));
      }
    }
  }

  private void refuse(Failure failure) {
    owner.refused();
    for (Waiter waiter : waiters) {
      if (!waiter.await().cancelled()) {
        waiter.await().complete(Decision.fail(failure));
      }
    }
  }
}
