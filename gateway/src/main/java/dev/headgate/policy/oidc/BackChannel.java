package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Query;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Takes the provider's word that sessions have ended (OpenID Connect Back-Channel Logout 1.0
 * section 2.5): it sends a form with a token, without any browser.
 */
@LoopConfined
final class BackChannel {
  private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int LONGEST_FORM = 32 * 1024;
  private static final int LONGEST_TOKEN = 16 * 1024;
  private static final byte[] INVALID =
      "{\"error\":\"invalid_request\"}".getBytes(StandardCharsets.US_ASCII);

  private final LogoutTokens tokens;
  private final Sessions sessions;
  private final Loop loop;

  BackChannel(LogoutTokens tokens, Sessions sessions, Loop loop) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.loop = loop;
  }

  /** Answers whatever is sent to the path. */
  Decision answer(Exchange exchange) {
    exchange.responseHeaders().set(CACHE_CONTROL, "no-store");
    return new Decision.TakeBody(LONGEST_FORM, form -> taken(exchange, form));
  }

  private Decision taken(Exchange exchange, byte[] form) {
    if (!exchange.method().equals("POST") || !isForm(exchange.requestHeaders())) {
      return wrong("not a POST of a form");
    }
    List<String> shown =
        Query.values(new String(form, StandardCharsets.ISO_8859_1)).get("logout_token");
    if (shown == null || shown.size() != 1 || shown.getFirst().length() > LONGEST_TOKEN) {
      return wrong("no 'logout_token', several, or more than " + LONGEST_TOKEN + " characters");
    }
    Failure slowed = exchange.guessLimit().refusal(exchange, loop);
    if (slowed != null) {
      String seconds = Long.toString(exchange.guessLimit().retryAfterSeconds());
      exchange.responseHeaders().set(HeaderName.RETRY_AFTER, seconds);
      return Decision.fail(slowed);
    }
    Decision.Await await = new Decision.Await();
    tokens.verify(shown.getFirst(), verdict -> await.complete(meaning(verdict, exchange)));
    return await;
  }

  private static boolean isForm(Headers headers) {
    String type = headers.get(HeaderName.CONTENT_TYPE);
    if (type == null || headers.count(HeaderName.CONTENT_TYPE) != 1) {
      return false;
    }
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().equalsIgnoreCase(FORM);
  }

  /** What it means, also for a provider that does not wait for the answer. */
  private Decision meaning(SignedTokens.Verdict verdict, Exchange exchange) {
    return switch (verdict) {
      case SignedTokens.Verdict.Holds(var claims) ->
          sessions.end(claims)
              ? new Decision.Respond(200, OidcPolicy.NO_BODY)
              : Decision.fail(
                  Failure.gateway(
                      Stage.AUTHENTICATE, 503, "oidc.logouts_full", "too many have been ended"));
      case SignedTokens.Verdict.Wrong(String why) -> {
        exchange.guessLimit().failed(exchange, loop);
        yield wrong("the logout token: " + why);
      }
      case SignedTokens.Verdict.Undecided(var obstacle, String why) ->
          Decision.fail(Logins.undecided(obstacle, why));
    };
  }

  /** As the specification wants it: status 400 and an error as OAuth has it (section 2.8). */
  private static Decision wrong(String why) {
    Headers headers = new Headers();
    headers.add(HeaderName.CONTENT_TYPE, "application/json");
    return new Decision.Fail(
        Failure.client(Stage.AUTHENTICATE, 400, "oidc.logout_token", why),
        new Decision.OwnAnswer(400, headers, INVALID));
  }
}
