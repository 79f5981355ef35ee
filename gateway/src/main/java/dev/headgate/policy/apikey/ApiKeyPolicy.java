package dev.headgate.policy.apikey;

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
import dev.headgate.http.HeaderName;
import dev.headgate.secret.ProvenSecrets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Vouches for callers that show a key. */
@LoopConfined
final class ApiKeyPolicy implements AuthenticationPolicy {
  /** The longest key, in bytes. */
  private static final int LONGEST = 256;

  private final ApiKey config;
  private final CredentialPlace place;
  private final PolicyKeys keys;
  private final IdentityHeaders identityHeaders;
  private final ProvenSecrets proven;
  private final Loop loop;
  private final CredentialHash hash = new CredentialHash();

  ApiKeyPolicy(
      ApiKey config,
      PolicyKeys keys,
      IdentityHeaders identityHeaders,
      ProvenSecrets proven,
      Loop loop) {
    this.config = config;
    this.place = place(config);
    this.keys = keys;
    this.identityHeaders = identityHeaders;
    this.proven = proven;
    this.loop = loop;
  }

  private static CredentialPlace place(ApiKey config) {
    CredentialPlace named =
        CredentialPlace.of(config.header(), config.query(), config.cookie(), LONGEST);
    return named != null ? named : CredentialPlace.header(HeaderName.X_API_KEY.text(), LONGEST);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    int length = place.read(exchange);
    if (length == CredentialPlace.NONE) {
      return Decision.CONTINUE;
    }
    if (length == CredentialPlace.WRONG) {
      return invalid();
    }
    KeyRing.Known known = keys.find(hash.of(place, length));
    if (known != null) {
      return taken(exchange, known);
    }
    return keys.prefixes().isEmpty() ? invalid() : proven(exchange, length);
  }

  private Decision proven(Exchange exchange, int length) {
    byte[] shown = Arrays.copyOfRange(place.bytes(), place.from(), place.from() + length);
    String key = new String(shown, StandardCharsets.ISO_8859_1);
    SlowKeys.Slow slow = keys.prefixes().of(key);
    return proven.prove(
        slow.hash(), shown, config.remember(), new Shown(exchange, slow, slow.claim(key)));
  }

  /** A request that waits to hear whether its key is right. */
  private final class Shown implements ProvenSecrets.Asking {
    private final Exchange exchange;
    private final SlowKeys.Slow slow;
    private final String claim;

    Shown(Exchange exchange, SlowKeys.Slow slow, String claim) {
      this.exchange = exchange;
      this.slow = slow;
      this.claim = claim;
    }

    @Override
    public @Nullable Failure refusal() {
      return exchange.guessLimit().refusal(exchange, keys.policy(), claim, loop);
    }

    @Override
    public Decision decided(ProvenSecrets.Verdict verdict) {
      if (verdict == ProvenSecrets.Verdict.BUSY) {
        return Decision.fail(
            Failure.gateway(
                Stage.AUTHENTICATE, 503, "api_key.busy", "too many keys to check at once"));
      }
      if (verdict == ProvenSecrets.Verdict.PROVEN && slow.number() != KeyTable.NONE) {
        return taken(exchange, keys.slow(slow.number()));
      }
      if (verdict != ProvenSecrets.Verdict.KNOWN_WRONG) {
        exchange.guessLimit().failed(keys.policy(), claim, loop);
      }
      return invalid();
    }
  }

  /** The key is right; but its time may not have come, or be over. */
  private Decision taken(Exchange exchange, KeyRing.Known known) {
    long now = loop.wallMillis();
    if (now < known.key().notBefore()) {
      return refused("api_key.not_yet", known.key().id() + " is not taken yet");
    }
    if (now >= known.key().expires()) {
      return refused("api_key.expired", known.key().id() + " has expired");
    }
    known.noteUse(now);
    exchange.identity(known.identity());
    return Decision.CONTINUE;
  }

  private static Decision invalid() {
    return refused("api_key.invalid", "no such key");
  }

  private static Decision refused(String reason, String detail) {
    return Decision.fail(Failure.client(Stage.AUTHENTICATE, 401, reason, detail));
  }

  @Override
  public String missing() {
    return "api_key.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    return "ApiKey";
  }

  @Override
  public void forward(Exchange exchange) {
    if (!config.keepCredential()) {
      place.remove(exchange);
    }
    identityHeaders.write(exchange);
  }
}
