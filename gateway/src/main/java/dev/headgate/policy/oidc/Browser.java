package dev.headgate.policy.oidc;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Origins;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.Locale;

/** What browsers say of the requests that they send (the Fetch Metadata headers). */
final class Browser {
  private static final HeaderName MODE = HeaderName.of("sec-fetch-mode");
  private static final HeaderName DESTINATION = HeaderName.of("sec-fetch-dest");
  private static final HeaderName SITE = HeaderName.of("sec-fetch-site");
  private static final HeaderName PURPOSE = HeaderName.of("sec-purpose");
  private static final HeaderName REQUESTED_WITH = HeaderName.of("x-requested-with");
  private static final HeaderName ACCEPT = HeaderName.of("accept");

  private Browser() {}

  /**
   * Whether somebody opens a page, so that a redirect leads somewhere. What a page's scripts fetch,
   * what it embeds, and what is fetched ahead must not begin a login.
   */
  static boolean opensPage(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    String accept = headers.get(ACCEPT);
    return exchange.method().equals("GET")
        && !exchange.webSocket()
        && accept != null
        && accept.toLowerCase(Locale.ROOT).contains("text/html")
        && isNothingBut(headers, MODE, "navigate")
        && isNothingBut(headers, DESTINATION, "document")
        && !headers.has(PURPOSE)
        && !headers.has(REQUESTED_WITH);
  }

  private static boolean isNothingBut(Headers headers, HeaderName name, String value) {
    return !headers.has(name) || (headers.count(name) == 1 && headers.valueIs(name, value));
  }

  /** Whether a page of the same origin sends this, or the user by hand, and not ahead of time. */
  static boolean sentByOwnPage(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    if (headers.has(PURPOSE)) {
      return false;
    }
    if (headers.has(SITE)) {
      return headers.count(SITE) == 1
          && (headers.valueIs(SITE, "same-origin") || headers.valueIs(SITE, "none"));
    }
    String origin = headers.get(HeaderName.ORIGIN);
    return origin != null
        && headers.count(HeaderName.ORIGIN) == 1
        && Origins.isOwn(origin, exchange);
  }
}
