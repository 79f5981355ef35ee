package dev.headgate.policy.cors;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers preflights, and says on every answer which page may read it. */
@LoopConfined
final class CorsPolicy implements Policy {
  private static final HeaderName VARY = HeaderName.of("vary");
  private static final HeaderName ALLOW_ORIGIN = HeaderName.of("access-control-allow-origin");
  private static final HeaderName ALLOW_CREDENTIALS =
      HeaderName.of("access-control-allow-credentials");
  private static final HeaderName ALLOW_METHODS = HeaderName.of("access-control-allow-methods");
  private static final HeaderName ALLOW_HEADERS = HeaderName.of("access-control-allow-headers");
  private static final HeaderName EXPOSE_HEADERS = HeaderName.of("access-control-expose-headers");
  private static final HeaderName MAX_AGE = HeaderName.of("access-control-max-age");
  private static final HeaderName ALLOW_NETWORK =
      HeaderName.of("access-control-allow-private-network");
  private static final HeaderName REQUEST_HEADERS = HeaderName.of("access-control-request-headers");
  private static final HeaderName REQUEST_NETWORK =
      HeaderName.of("access-control-request-private-network");

  /** What an upstream may have said. */
  private static final List<HeaderName> REPLACED =
      List.of(
          ALLOW_ORIGIN,
          ALLOW_CREDENTIALS,
          ALLOW_METHODS,
          ALLOW_HEADERS,
          EXPOSE_HEADERS,
          MAX_AGE,
          ALLOW_NETWORK);

  private static final byte[] NO_BODY = {};

  private final CorsRules rules;

  CorsPolicy(CorsRules rules) {
    this.rules = rules;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    String method = exchange.preflightMethod();
    if (method == null) {
      return Decision.CONTINUE;
    }
    Headers headers = exchange.requestHeaders();
    if (allowedOrigin(headers) == null) {
      return refused("cors.origin", "pages of that origin may not call");
    }
    if (headers.count(HeaderName.ACCESS_CONTROL_REQUEST_METHOD) > 1
        || !rules.allowsMethod(method)) {
      return refused("cors.method", "pages may not use that method");
    }
    for (String list : headers.all(REQUEST_HEADERS)) {
      if (rules.forbiddenHeader(list) != null) {
        return refused("cors.header", "pages may not send one of those header fields");
      }
    }
    if (headers.has(REQUEST_NETWORK) && !rules.privateNetwork) {
      return refused("cors.private_network", "pages of public addresses may not call");
    }
    exchange.state(this, method);
    exchange.note(Stage.ADMIT, "the preflight is answered by the gateway");
    return new Decision.Respond(204, NO_BODY);
  }

  private static Decision refused(String reason, String detail) {
    return Decision.fail(Failure.client(Stage.ADMIT, 403, reason, detail));
  }

  @Override
  public void onResponse(Exchange exchange) {
    Headers answer = exchange.responseHeaders();
    for (int i = 0; i < REPLACED.size(); i++) {
      answer.remove(REPLACED.get(i));
    }
    Headers request = exchange.requestHeaders();
    if (!rules.origins.any()) {
      vary(answer);
    }
    String origin = allowedOrigin(request);
    if (origin == null) {
      return;
    }
    answer.add(ALLOW_ORIGIN, rules.origins.any() ? "*" : origin);
    if (rules.credentials) {
      answer.add(ALLOW_CREDENTIALS, "true");
    }
    if (exchange.state(this) instanceof String method) {
      preflight(request, answer, method);
    } else if (!rules.exposeHeaders.isEmpty()) {
      answer.add(EXPOSE_HEADERS, rules.exposeHeaders);
    }
  }

  private void preflight(Headers request, Headers answer, String method) {
    // A star does not count where credentials do, so that the method itself is named.
    answer.add(ALLOW_METHODS, rules.allowMethods.equals("*") ? method : rules.allowMethods);
    for (String list : request.all(REQUEST_HEADERS)) {
      answer.add(ALLOW_HEADERS, list);
    }
    answer.add(MAX_AGE, rules.maxAge);
    if (request.has(REQUEST_NETWORK)) {
      answer.add(ALLOW_NETWORK, "true");
    }
  }

  /** The request's one origin if it is trusted. */
  private @Nullable String allowedOrigin(Headers request) {
    String origin = request.get(HeaderName.ORIGIN);
    return origin != null && request.count(HeaderName.ORIGIN) == 1 && rules.origins.contains(origin)
        ? origin
        : null;
  }

  private static void vary(Headers answer) {
    for (String value : answer.all(VARY)) {
      for (String name : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        if (name.strip().equals("origin") || name.strip().equals("*")) {
          return;
        }
      }
    }
    answer.add(VARY, "Origin");
  }
}
