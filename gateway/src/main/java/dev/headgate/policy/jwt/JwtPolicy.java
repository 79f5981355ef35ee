package dev.headgate.policy.jwt;

import dev.headgate.callout.Known;
import dev.headgate.callout.SingleFlight;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.Binding;
import dev.headgate.jose.ClaimRules.Validity;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.Refusal;
import dev.headgate.jose.RefusedToken;
import dev.headgate.jose.TokenOwners;
import dev.headgate.jose.TokenPlace;
import dev.headgate.jose.TokenRules;
import dev.headgate.jose.Verification;
import dev.headgate.jose.VerificationKey;
import dev.headgate.jwe.DecryptionKeys;
import dev.headgate.policy.jwt.Possession.Scheme;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for callers that show a token. One that was verified before costs a hash and a look-up;
 * any other is read here and verified elsewhere, once for all requests that show it meanwhile.
 */
@LoopConfined
final class JwtPolicy implements AuthenticationPolicy {
  static final String KIND = "jwt";

  private final Prepared prepared;
  private final CredentialPlace place;
  private final @Nullable CredentialPlace withProof;
  private final Possession possession;
  private final LoopKeys keys;
  private final Loop loop;
  private final Known<Token> known;
  private final SingleFlight<Judgement> underWay = new SingleFlight<>();
  private final CredentialHash hashes = new CredentialHash();

  /** What the instances of all loops share. */
  record Prepared(
      Jwt config,
      TokenRules rules,
      @Nullable DecryptionKeys decryption,
      ProofRules proofs,
      TokenOwners owners,
      IdentityHeaders identityHeaders) {}

  /** A token that was verified. */
  static final class Token {
    private final Identity identity;
    private final VerificationKey key;
    private final Validity validity;
    private final Binding binding;
    private KeySet keys;

    Token(Identity identity, Verification.Verified verified, Validity validity, Binding binding) {
      this.identity = identity;
      this.key = verified.key();
      this.keys = verified.keys();
      this.validity = validity;
      this.binding = binding;
    }

    Identity identity() {
      return identity;
    }

    /** To whom it is bound. */
    Binding binding() {
      return binding;
    }

    /** Whether the key that it was verified with is still among the issuer's. */
    boolean holds(KeySet current) {
      if (keys == current) {
        return true;
      }
      if (!current.holds(key)) {
        return false;
      }
      keys = current;
      return true;
    }
  }

  /** What came of a verification: a token that holds, or why it does not. */
  private sealed interface Judgement {
    record Holds(Token token) implements Judgement {}

    record Refused(Failure failure) implements Judgement {}
  }

  JwtPolicy(Prepared prepared, LoopKeys keys, Loop loop) {
    this.prepared = prepared;
    CredentialPlace named = prepared.config().from().named();
    this.place = prepared.config().from().place();
    this.withProof =
        named != null ? null : CredentialPlace.authorization("DPoP", TokenPlace.LONGEST);
    this.possession = new Possession(prepared.config().bound(), prepared.proofs(), loop);
    this.keys = keys;
    this.loop = loop;
    this.known = new Known<>(prepared.config().remember());
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    int length = place.read(exchange);
    if (length != CredentialPlace.NONE) {
      Scheme scheme = withProof == null ? Scheme.NONE : Scheme.BEARER;
      return decide(exchange, scheme, place, length);
    }
    if (withProof != null) {
      length = withProof.read(exchange);
    }
    return withProof == null || length == CredentialPlace.NONE
        ? Decision.CONTINUE
        : decide(exchange, Scheme.DPOP, withProof, length);
  }

  private Decision decide(Exchange exchange, Scheme scheme, CredentialPlace from, int length) {
    if (length == CredentialPlace.WRONG) {
      return Decision.fail(
          Refusal.MALFORMED.failure(
              KIND, "several tokens, none, or more than " + TokenPlace.LONGEST + " bytes"));
    }
    byte[] hash = hashes.of(from, length);
    Token token = known.find(hash);
    KeySet current = keys.usable();
    return token != null && current != null && token.holds(current)
        ? vouch(token, scheme, hash, exchange)
        : verify(exchange, scheme, from, length, hash);
  }

  private Decision vouch(Token token, Scheme scheme, byte[] hash, Exchange exchange) {
    try {
      token.validity.check(loop.wallMillis());
      return possession.vouch(token, scheme, hash, exchange, this);
    } catch (RefusedToken e) {
      return Decision.fail(e.failure(KIND));
    }
  }

  private Decision verify(
      Exchange exchange, Scheme scheme, CredentialPlace from, int length, byte[] hash) {
    byte[] name = hash.clone();
    Function<Judgement, Decision> meaning =
        judgement ->
            switch (judgement) {
              case Judgement.Holds(Token token) ->
                  possession.vouch(token, scheme, name, exchange, this);
              case Judgement.Refused(Failure failure) -> Decision.fail(failure);
            };
    SingleFlight.Flight<Judgement> begun = underWay.find(hash);
    if (begun != null) {
      return begun.join(meaning);
    }
    Failure slowed = exchange.guessLimit().refusal(exchange, loop);
    if (slowed != null) {
      return Decision.fail(slowed);
    }
    DecryptionKeys decryption = prepared.decryption();
    try {
      if (decryption != null && decryption.opens(from.bytes(), from.from(), length)) {
        byte[] token = Arrays.copyOfRange(from.bytes(), from.from(), from.from() + length);
        return decrypt(decryption, token, name, meaning);
      }
      Said said = read(from.bytes(), from.from(), length);
      Decision decision = underWay.begin(name).join(meaning);
      verify(said, name);
      return decision;
    } catch (RefusedToken e) {
      return Decision.fail(e.failure(KIND));
    }
  }

  /** What a token says, and to whom it is bound. */
  private record Said(TokenRules.Said token, Binding binding) {}

  private Said read(byte[] bytes, int from, int length) throws RefusedToken {
    TokenRules.Said said = prepared.rules().read(bytes, from, length, loop.wallMillis());
    return new Said(said, Binding.of(said.claims()));
  }

  private void verify(Said said, byte[] name) {
    Verification.begin(
        said.token().token(),
        said.token().algorithm(),
        keys,
        loop,
        verdict -> underWay.land(name, judgement(name, said, verdict)));
  }

  /** Opens a token elsewhere; what is inside is verified as if it had come by itself. */
  private Decision decrypt(
      DecryptionKeys decryption, byte[] token, byte[] name, Function<Judgement, Decision> meaning) {
    Decision decision = underWay.begin(name).join(meaning);
    boolean accepted =
        loop.offload()
            .run(() -> decryption.open(token), (inside, thrown) -> opened(inside, thrown, name));
    if (!accepted) {
      underWay.land(
          name,
          new Judgement.Refused(
              undecided(Verification.Obstacle.LOAD, "too many tokens to decrypt at once")));
    }
    return decision;
  }

  private void opened(byte @Nullable [] inside, @Nullable Exception thrown, byte[] name) {
    try {
      if (inside != null) {
        verify(read(inside, 0, inside.length), name);
      } else if (thrown instanceof RefusedToken refused) {
        throw refused;
      } else {
        Failure broken = undecided(Verification.Obstacle.BROKEN, "cannot decrypt: " + thrown);
        underWay.land(name, new Judgement.Refused(broken));
      }
    } catch (RefusedToken e) {
      underWay.land(name, new Judgement.Refused(e.failure(KIND)));
    }
  }

  /** Makes of a verified token an identity for all who wait for it, and remembers it. */
  private Judgement judgement(byte[] name, Said said, Verification.Verdict verdict) {
    return switch (verdict) {
      case Verification.Verified verified -> {
        long now = loop.wallMillis();
        Validity validity = said.token().validity();
        try {
          validity.check(now);
        } catch (RefusedToken e) {
          yield new Judgement.Refused(e.failure(KIND));
        }
        Token token =
            new Token(
                prepared.owners().identity(said.token().claims()),
                verified,
                validity,
                said.binding());
        known.put(name, token, Known.Worth.MUCH, validity.expires(), now);
        yield new Judgement.Holds(token);
      }
      case Verification.Wrong(Refusal refusal, String detail) ->
          new Judgement.Refused(refusal.failure(KIND, detail));
      case Verification.Undecided(Verification.Obstacle obstacle, String detail) ->
          new Judgement.Refused(undecided(obstacle, detail));
    };
  }

  private static Failure undecided(Verification.Obstacle obstacle, String detail) {
    return switch (obstacle) {
      case KEYS -> Failure.gateway(Stage.AUTHENTICATE, 503, "jwt.keys_unavailable", detail);
      case LOAD -> Failure.gateway(Stage.AUTHENTICATE, 503, "overload.crypto", detail);
      case BROKEN -> Failure.gateway(Stage.AUTHENTICATE, 500, "policy.failed", detail);
    };
  }

  @Override
  public String missing() {
    return "jwt.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    String about = failure == null ? null : Refusal.challenge(KIND, failure);
    if (about != null) {
      return about;
    }
    return switch (prepared.config().bound()) {
      case OPTIONAL, CERTIFICATE -> Refusal.BEARER;
      case DPOP -> Refusal.DPOP;
      case EITHER -> Refusal.BEARER + ", " + Refusal.DPOP;
    };
  }

  @Override
  public void forward(Exchange exchange) {
    if (!prepared.config().keepCredential()) {
      place.remove(exchange);
      if (withProof != null) {
        withProof.remove(exchange);
      }
      Possession.remove(exchange);
    }
    prepared.identityHeaders().write(exchange);
  }

  @Override
  public void onResponse(Exchange exchange) {
    Possession.respond(exchange, this);
  }

  @Override
  public void close() {
    keys.close();
  }
}
