package dev.headgate.policy.jwt;

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
import dev.headgate.jose.KeySet;
import dev.headgate.jose.LoopKeys;
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
  private final LoopKeys keys;
  private final Loop loop;
  private final KnownTokens known;
  private final Map<ByteBuffer, Verification> underWay = new HashMap<>();
  private final CredentialHash hashes = new CredentialHash();

  /** What the instances of all loops share. */
  record Prepared(Jwt config, TokenRules rules, Owners owners, IdentityHeaders identityHeaders) {}

  JwtPolicy(Prepared prepared, LoopKeys keys, Loop loop) {
    this.prepared = prepared;
    this.place = place(prepared.config().from());
    this.keys = keys;
    this.loop = loop;
    this.known = new KnownTokens(prepared.config().remember());
  }

  private static CredentialPlace place(Jwt.From from) {
    CredentialPlace named = CredentialPlace.of(from.header(), from.query(), from.cookie(), LONGEST);
    return named != null ? named : CredentialPlace.authorization("Bearer", LONGEST);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    int length = place.read(exchange);
    if (length == CredentialPlace.NONE) {
      return Decision.CONTINUE;
    }
    if (length == CredentialPlace.WRONG) {
      return Decision.fail(
          Refusal.MALFORMED.failure("several tokens, none, or more than " + LONGEST + " bytes"));
    }
    byte[] hash = hashes.of(place, length);
    KnownTokens.Token token = known.find(hash);
    KeySet current = keys.usable();
    return token != null && current != null && token.holds(current)
        ? vouch(token, exchange)
        : verify(exchange, length, hash);
  }

  private Decision vouch(KnownTokens.Token token, Exchange exchange) {
    long now = loop.wallMillis();
    if (now >= token.expires()) {
      return Decision.fail(Refusal.EXPIRED.failure("its 'exp' has passed"));
    }
    if (now < token.notBefore()) {
      return Decision.fail(Refusal.NOT_YET.failure("its 'nbf' or 'iat' is yet to come"));
    }
    exchange.identity(token.identity());
    return Decision.CONTINUE;
  }

  private Decision verify(Exchange exchange, int length, byte[] hash) {
    Verification verification = underWay.get(ByteBuffer.wrap(hash));
    if (verification != null) {
      return verification.join(exchange);
    }
    Failure slowed = exchange.guessLimit().refusal(exchange, loop);
    if (slowed != null) {
      return Decision.fail(slowed);
    }
    try {
      long now = loop.wallMillis();
      TokenRules.Said said = prepared.rules().read(place.bytes(), place.from(), length, now);
      byte[] name = hash.clone();
      Verification begun = new Verification(said, keys, loop, verdict -> decided(name, verdict));
      underWay.put(ByteBuffer.wrap(name), begun);
      Decision decision = begun.join(exchange);
      begun.begin();
      return decision;
    } catch (RefusedToken e) {
      return Decision.fail(e.failure());
    }
  }

  /** Makes of a verified token an identity for all who wait for it, and remembers it. */
  private @Nullable Identity decided(byte[] name, Verification.Verdict verdict) {
    underWay.remove(ByteBuffer.wrap(name));
    return switch (verdict) {
      case Verification.Refused _ -> null;
      case Verification.Verified(TokenRules.Said said, var key, KeySet current) -> {
        Identity identity = prepared.owners().identity(said.claims());
        known.put(
            name,
            new KnownTokens.Token(identity, key, current, said.notBefore(), said.expires()),
            loop.wallMillis());
        yield identity;
      }
    };
  }

  @Override
  public String missing() {
    return "jwt.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    String about = failure == null ? null : Refusal.challenge(failure);
    return about == null ? "Bearer" : about;
  }

  @Override
  public void forward(Exchange exchange) {
    if (!prepared.config().keepCredential()) {
      place.remove(exchange);
    }
    prepared.identityHeaders().write(exchange);
  }

  @Override
  public void close() {
    keys.close();
  }

  static Failure unavailable(String detail) {
    return Failure.gateway(Stage.AUTHENTICATE, 503, "jwt.keys_unavailable", detail);
  }
}
