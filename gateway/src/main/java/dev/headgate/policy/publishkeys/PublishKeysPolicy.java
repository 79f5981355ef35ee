package dev.headgate.policy.publishkeys;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Policy;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.time.Duration;

/** Answers with a key set. */
@LoopConfined
final class PublishKeysPolicy implements Policy {
  private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");

  private final Decision answer;
  private final String cacheControl;

  PublishKeysPolicy(byte[] set, Duration maxAge) {
    this.answer = new Decision.Respond(200, set);
    this.cacheControl = "public, max-age=" + maxAge.toSeconds();
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Headers headers = exchange.responseHeaders();
    headers.set(HeaderName.CONTENT_TYPE, "application/jwk-set+json");
    headers.set(CACHE_CONTROL, cacheControl);
    return answer;
  }
}
