package dev.headgate.config.check;

import dev.headgate.config.GrpcWords;
import dev.headgate.config.HostPort;
import dev.headgate.config.Nearest;
import dev.headgate.config.Problems;
import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.config.Shown;
import dev.headgate.config.Upstream;
import dev.headgate.config.UpstreamHost;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of an upstream. */
final class UpstreamChecks {
  private static final int MAX_PORT = 65_535;

  private final Problems problems;

  UpstreamChecks(Problems problems) {
    this.problems = problems;
  }

  void check(String at, Upstream upstream) {
    List<Upstream.Endpoint> endpoints = upstream.endpoints();
    if (endpoints.isEmpty()) {
      problems.error(
          at + ".endpoints", "no endpoint", "as in 'endpoints: [\"http://10.0.0.1:8080\"]'");
    }
    Set<URI> seen = new HashSet<>();
    boolean secure = false;
    for (int i = 0; i < endpoints.size(); i++) {
      Upstream.Endpoint endpoint = endpoints.get(i);
      URI url = endpoint.url();
      url(at + ".endpoints[" + i + "].url", endpoint, upstream.tls());
      secure |= endpoint.secure();
      if (!seen.add(url)) {
        problems.warning(
            at + ".endpoints[" + i + "]",
            "this endpoint is there twice",
            "use 'weight' to give it more");
      }
    }
    if (upstream.health() instanceof Upstream.HealthCheck check) {
      new HealthChecks(problems).check(at + ".health", upstream, check);
    }
    if (upstream.circuitBreaker() instanceof Upstream.Breaker breaker) {
      breaker(at + ".circuitBreaker", breaker);
    }
    limits(at, upstream);
    host(at + ".host", upstream.host());
    balance(at + ".balance", upstream.balance());
    retry(at + ".retry", upstream.retry());
    if (upstream.hedge() != null) {
      hedge(at + ".hedge", upstream);
    }
    outliers(at + ".outlierDetection", upstream.outlierDetection());
    tls(at + ".tls", upstream.tls(), secure);
  }

  private void balance(String at, Upstream.Balance balance) {
    String hash = balance.hash();
    if (hash == null) {
      return;
    }
    if (balance.algorithm() != Upstream.Balance.Algorithm.ROUND_ROBIN) {
      problems.error(at, "an algorithm and a hash: only one can choose", "");
    }
    new RequestWords(problems)
        .check(at + ".hash", hash, RequestWords.APART, "nothing that a request is about");
  }

  private void retry(String at, Upstream.Retry retry) {
    List<String> words =
        List.of(
            Upstream.Retry.CONNECT_FAILURE,
            Upstream.Retry.REFUSED_STREAM,
            Upstream.Retry.RESET,
            Upstream.Retry.TIMEOUT);
    for (int i = 0; i < retry.on().size(); i++) {
      String on = retry.on().get(i);
      boolean status = on.length() == 3 && (on.equals("429") || on.matches("5[0-9][0-9]"));
      if (!status && !words.contains(on)) {
        String near = Nearest.hint(on, words);
        problems.error(
            at + ".on[" + i + "]",
            Shown.quoted(on) + " is nothing after which a request is sent again",
            near.isEmpty()
                ? "there are " + String.join(", ", words) + ", 429 and statuses from 500 to 599"
                : near);
      }
    }
    for (int i = 0; i < retry.grpc().size(); i++) {
      String status = retry.grpc().get(i);
      if (!GrpcWords.ALL.contains(status)) {
        String near = Nearest.hint(status, GrpcWords.ALL);
        problems.error(
            at + ".grpc[" + i + "]",
            Shown.quoted(status) + " is no status that a gRPC call fails with",
            near.isEmpty() ? "as in 'unavailable'" : near);
      }
    }
    if (!retry.grpc().isEmpty() && retry.body().bytes() == 0) {
      problems.error(
          at + ".grpc",
          "no call is ever sent again: every call has a body",
          "and 'body' keeps none");
    }
    if (retry.maxBackoff().compareTo(retry.backoff()) < 0) {
      problems.error(at + ".maxBackoff", "the longest wait is shorter than the first", "");
    }
    if (retry.methods() == Upstream.Retry.Methods.ANY) {
      problems.warning(
          at + ".methods",
          "what changes something may be done twice",
          "as when an order is placed, and the answer is lost");
    }
  }

  private void hedge(String at, Upstream upstream) {
    if (upstream.retry().attempts() == 1) {
      problems.error(
          at, "there is no second attempt", "'retry.attempts' is 1, and that counts all of them");
    } else if (upstream.endpoints().size() == 1) {
      problems.warning(at, "not used: there is no other endpoint", "");
    }
  }

  private void breaker(String at, Upstream.Breaker rules) {
    String hint = "as in '50%'";
    if (rules.failureRate().fraction() == 0) {
      problems.error(at + ".failureRate", "with a share of nothing no request is sent", hint);
    }
    if (rules.slowCallRate().fraction() == 0) {
      problems.error(at + ".slowCallRate", "with a share of nothing no request is sent", hint);
    }
  }

  private void limits(String at, Upstream upstream) {
    Upstream.AdaptiveConcurrency adaptive = upstream.adaptiveConcurrency();
    Upstream.Limits limits = upstream.limits();
    if (adaptive != null && adaptive.max() < adaptive.min()) {
      problems.error(
          at + ".adaptiveConcurrency.max", "the largest bound is smaller than the smallest", "");
    }
    if (adaptive != null && limits.requests() > 0 && limits.requests() < adaptive.min()) {
      problems.error(
          at + ".limits.requests",
          "this is below adaptiveConcurrency.min, so nothing is left to find out",
          "");
    }
    if (limits.queue() > 0 && limits.requests() == 0 && adaptive == null) {
      problems.error(
          at + ".limits.queue",
          "without a bound nobody waits",
          "say with 'requests' how many there may be at once, or use 'adaptiveConcurrency'");
    }
  }

  private void outliers(String at, Upstream.OutlierDetection rules) {
    if (rules.maxEjection().compareTo(rules.ejection()) < 0) {
      problems.error(at + ".maxEjection", "the longest time is shorter than the first", "");
    }
  }

  /** A slip of the pen would be sent as a host. */
  private void host(String at, UpstreamHost host) {
    if (host instanceof UpstreamHost.Literal literal) {
      String hint = Nearest.hint(literal.text(), List.of("preserve", "endpoint"));
      if (!hint.isEmpty()) {
        problems.warning(
            at, "endpoints are asked for the host " + Shown.quoted(literal.text()), hint);
      }
    }
  }

  /** URLs are not quoted here: a mistaken one may hold a password. */
  private void url(String at, Upstream.Endpoint endpoint, Upstream.ClientTls tls) {
    URI url = endpoint.url();
    String scheme = url.getScheme();
    if (scheme == null || url.isOpaque()) {
      problems.error(at, "the scheme is missing", "begin with 'http://' or 'https://'");
      return;
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      problems.error(at, "the scheme must be http or https");
    }
    if (url.getRawUserInfo() != null || holds(url.getRawAuthority(), '@')) {
      problems.error(
          at,
          "a URL with a user name or password is not taken",
          "set the header field 'authorization' on the route's requests instead");
    } else if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      problems.error(at, "the port must be from 1 to " + MAX_PORT);
    } else {
      address(at, endpoint, tls);
    }
    String path = url.getRawPath();
    if (path != null && !path.isEmpty() && !path.equals("/")) {
      problems.error(at, "an endpoint has no path", "use the route's 'rewrite' to change paths");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      problems.error(at, "an endpoint has no query and no fragment");
    }
  }

  private void address(String at, Upstream.Endpoint endpoint, Upstream.ClientTls tls) {
    HostPort address;
    try {
      address = endpoint.address();
    } catch (IllegalArgumentException e) {
      problems.error(at, "the host is missing or is no name", "as in 'http://10.0.0.1:8080'");
      return;
    }
    if (address.port() == 0) {
      problems.error(at, "the port must be from 1 to " + MAX_PORT);
    }
    if (address.host().indexOf('_') >= 0
        && endpoint.secure()
        && tls.verify()
        && tls.serverName() == null) {
      problems.error(
          at,
          "no certificate can be verified for a name with '_'",
          "say with 'tls.serverName' which name it has instead");
    }
  }

  private static boolean holds(@Nullable String text, char c) {
    return text != null && text.indexOf(c) >= 0;
  }

  private void tls(String at, Upstream.ClientTls tls, boolean secure) {
    if (tls.ca() instanceof String ca) {
      Files.check(at + ".ca", ca, problems);
    }
    if (tls.serverName() instanceof String name) {
      Hosts.check(at + ".serverName", name, problems);
    }
    if (tls.certificate() instanceof KeyPair pair) {
      Files.check(at + ".certificate.chain", pair.chain(), problems);
      Files.check(at + ".certificate.key", pair.key(), problems);
    }
    boolean set =
        tls.ca() != null || tls.serverName() != null || tls.certificate() != null || !tls.verify();
    if (set && !secure) {
      problems.warning(at, "not used: no endpoint has an https URL");
    } else if (!tls.verify()) {
      problems.warning(
          at + ".verify",
          "certificates are not verified: anybody on the way can read and change what is sent",
          "name the authority with 'ca' instead");
    }
  }
}
