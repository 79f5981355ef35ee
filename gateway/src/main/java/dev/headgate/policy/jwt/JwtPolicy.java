package dev.headgate.policy.jwt;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.LoopKeys;
import dev.headgate.policy.jwt.Possession.Scheme;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for callers that show a token. One that was verified before costs a hash and a look-up;
 * any other is read here and verified elsewhere, once for all requests that show it meanwhile.
 */
@LoopConfined
final class JwtPolicy implements AuthenticationPolicy {
  /** The longest token, in bytes. */
  private static final int LONGEST = 16 * 1024;

  private final Prepared prepared;
  private final CredentialPlace place;
  private final @Nullable CredentialPlace withProof;
  private final Possession possession;
  private final LoopKeys keys;
  private final Loop loop;
  private final KnownTokens known;
  private final Map<ByteBuffer, Verification> underWay = new HashMap<>();
  private final CredentialHash hashes = new CredentialHash();

  /** What the instances of all loops share. */
  record Prepared(
      Jwt config,
      TokenRules rules,
      ProofRules proofs,
      Owners owners,
      IdentityHeaders identityHeaders) {}

  JwtPolicy(Prepared prepared, LoopKeys keys, Loop loop) {
    this.prepared = prepared;
    Jwt.From from = prepared.config().from();
    CredentialPlace named = CredentialPlace.of(from.header(), from.query(), from.cookie(), LONGEST);
    this.place = named != null ? named : CredentialPlace.authorization("Bearer", LONGEST);
    this.withProof = named != null ? null : CredentialPlace.authorization("DPoP", LONGEST);
    this.possession = new Possession(prepared.config().bound(), prepared.proofs(), loop);
    this.keys = keys;
    this.loop = loop;
    this.known = new KnownTokens(prepared.config().remember());
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
          Refusal.MALFORMED.failure("several tokens, none, or more than " + LONGEST + " bytes"));
    }
    byte[] hash = hashes.of(from, length);
    KnownTokens.Token token = known.find(hash);
    KeySet current = keys.usable();
    return token != null && current != null && token.holds(current)
        ? vouch(token, scheme, hash, exchange)
        : verify(exchange, scheme, from, length, hash);
  }

  private Decision vouch(KnownTokens.Token token, Scheme scheme, byte[] hash, Exchange exchange) {
    long now = loop.wallMillis();
    if (now >= token.expires()) {
      return Decision.fail(Refusal.EXPIRED.failure("its 'exp' has passed"));
    }
    if (now < token.notBefore()) {
      return Decision.fail(Refusal.NOT_YET.failure("its 'nbf' or 'iat' is yet to come"));
    }
    return possession.vouch(token, scheme, hash, exchange, this);
  }

  private Decision verify(
      Exchange exchange, Scheme scheme, CredentialPlace from, int length, byte[] hash) {
    Verification verification = underWay.get(ByteBuffer.wrap(hash));
    if (verification != null) {
      return verification.join(exchange, scheme);
    }
    Failure slowed = exchange.guessLimit().refusal(exchange, loop);
    if (slowed != null) {
      return Decision.fail(slowed);
    }
    try {
      long now = loop.wallMillis();
      TokenRules.Said said = prepared.rules().read(from.bytes(), from.from(), length, now);
      byte[] name = hash.clone();
      Verification begun = new Verification(said, keys, loop, new Waiting(name));
      underWay.put(ByteBuffer.wrap(name), begun);
      Decision decision = begun.join(exchange, scheme);
      begun.begin();
      return decision;
    } catch (RefusedToken e) {
      return Decision.fail(e.failure());
    }
  }

  /** A token that is being verified, by its hash. */
  private final class Waiting implements Verification.Owner {
    private final byte[] hash;

    Waiting(byte[] hash) {
      this.hash = hash;
    }

    /** Makes of a verified token an identity for all who wait for it, and remembers it. */
    @Override
    public KnownTokens.Token verified(Verification.Verified verified) {
      underWay.remove(ByteBuffer.wrap(hash));
      TokenRules.Said said = verified.said();
      KnownTokens.Token token =
          new KnownTokens.Token(
              prepared.owners().identity(said.claims()), verified, said.binding());
      known.put(hash, token, loop.wallMillis());
      return token;
    }

    @Override
    public void refused() {
      underWay.remove(ByteBuffer.wrap(hash));
    }

    @Override
    public Decision vouch(KnownTokens.Token token, Scheme scheme, Exchange exchange) {
      return possession.vouch(token, scheme, hash, exchange, JwtPolicy.this);
    }
  }

  @Override
  public String missing() {
    return "jwt.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    String about = failure == null ? null : Refusal.challenge(failure);
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

  static Failure unavailable(String detail) {
    return Failure.gateway(Stage.AUTHENTICATE, 503, "jwt.keys_unavailable", detail);
  }
}
