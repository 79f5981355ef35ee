package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.config.Upstream;
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
      URI url = endpoints.get(i).url();
      url(at + ".endpoints[" + i + "].url", url);
      secure |= "https".equals(url.getScheme());
      if (!seen.add(url)) {
        problems.warning(
            at + ".endpoints[" + i + "]",
            "this endpoint is there twice",
            "use 'weight' to give it more");
      }
    }
    tls(at + ".tls", upstream.tls(), secure);
  }

  /** URLs are not quoted here: a mistaken one may hold a password. */
  private void url(String at, URI url) {
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
    } else if (url.getHost() == null) {
      problems.error(
          at,
          "the host is missing or is no name",
          holds(url.getRawAuthority(), '_')
              ? "a host name has no '_'"
              : "as in 'http://10.0.0.1:8080'");
    }
    if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      problems.error(at, "the port must be from 1 to " + MAX_PORT);
    }
    String path = url.getRawPath();
    if (path != null && !path.isEmpty() && !path.equals("/")) {
      problems.error(at, "an endpoint has no path", "use the route's 'rewrite' to change paths");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      problems.error(at, "an endpoint has no query and no fragment");
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
