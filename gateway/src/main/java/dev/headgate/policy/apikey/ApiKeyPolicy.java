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
import org.jspecify.annotations.Nullable;

/** Vouches for callers that show a key. */
@LoopConfined
final class ApiKeyPolicy implements AuthenticationPolicy {
  /** The longest key, in bytes. */
  private static final int LONGEST = 256;

  private final CredentialPlace place;
  private final boolean keepCredential;
  private final KeyRing ring;
  private final IdentityHeaders identityHeaders;
  private final Loop loop;
  private final CredentialHash hash = new CredentialHash();

  ApiKeyPolicy(ApiKey config, KeyRing ring, IdentityHeaders identityHeaders, Loop loop) {
    this.place = place(config);
    this.keepCredential = config.keepCredential();
    this.ring = ring;
    this.identityHeaders = identityHeaders;
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
    KeyRing.Known known =
        length == CredentialPlace.WRONG ? null : ring.find(hash.of(place, length));
    if (known == null) {
      return refused("api_key.invalid", "no such key");
    }
    long now = loop.wallMillis();
    if (now < known.key().notBefore()) {
      return refused("api_key.not_yet", known.key().id() + " is not taken yet");
    }
    if (now >= known.key().expires()) {
      return refused("api_key.expired", known.key().id() + " has expired");
    }
    ring.table().noteUse(known.number(), (int) (now / 1000));
    exchange.identity(known.identity());
    return Decision.CONTINUE;
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
    if (!keepCredential) {
      place.remove(exchange);
    }
    identityHeaders.write(exchange);
  }
}
