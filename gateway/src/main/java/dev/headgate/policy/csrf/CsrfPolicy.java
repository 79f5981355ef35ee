package dev.headgate.policy.csrf;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Origins;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Refuses what another site's page makes a browser send. */
@LoopConfined
final class CsrfPolicy implements Policy {
  private static final HeaderName SITE = HeaderName.of("sec-fetch-site");
  private static final HeaderName REFERER = HeaderName.of("referer");

  private final Origins trusted;

  CsrfPolicy(Origins trusted) {
    this.trusted = trusted;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (isSafe(exchange)) {
      return Decision.CONTINUE;
    }
    Headers headers = exchange.requestHeaders();
    if (headers.count(SITE) > 1 || headers.count(HeaderName.ORIGIN) > 1) {
      return refused("csrf.cross_site", "two answers to where the request comes from");
    }
    String site = headers.get(SITE);
    String origin = headers.get(HeaderName.ORIGIN);
    if (site != null) {
      boolean own = site.equals("same-origin") || site.equals("none");
      return own || (origin != null && trusted.contains(origin))
          ? Decision.CONTINUE
          : refused("csrf.cross_site", "a page of another origin sent this");
    }
    String from = origin != null ? origin : refererOrigin(headers.get(REFERER));
    if (from != null) {
      return trusted.contains(from) || Origins.isOwn(from, exchange)
          ? Decision.CONTINUE
          : refused("csrf.cross_site", "a page of another origin sent this");
    }
    return headers.has(HeaderName.COOKIE)
        ? refused("csrf.unproven", "cookies, and nothing that says which page sent this")
        : Decision.CONTINUE;
  }

  /** A WebSocket begins with a GET, but what follows may do anything. */
  private static boolean isSafe(Exchange exchange) {
    return switch (exchange.method()) {
      case "GET", "HEAD", "OPTIONS", "TRACE" -> !exchange.webSocket();
      default -> false;
    };
  }

  private static Decision refused(String reason, String detail) {
    return Decision.fail(Failure.client(Stage.ADMIT, 403, reason, detail));
  }

  /** Up to the path; a text that is no URL is an origin that nobody trusts. */
  private static @Nullable String refererOrigin(@Nullable String referer) {
    if (referer == null) {
      return null;
    }
    int slashes = referer.indexOf("://");
    if (slashes < 0) {
      return "null";
    }
    int end = slashes + 3;
    while (end < referer.length() && "/?#\\@".indexOf(referer.charAt(end)) < 0) {
      end++;
    }
    boolean clean = end == referer.length() || "/?#".indexOf(referer.charAt(end)) >= 0;
    return clean ? referer.substring(0, end).toLowerCase(Locale.ROOT) : "null";
  }
}
