package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.Upstream;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of URLs that policies ask. */
public final class Urls {
  private Urls() {}

  /**
   * Checks a URL.
   *
   * @param purpose what it is for, as the beginning of a sentence; may be empty
   * @param hint what else could be written; may be empty
   * @param risk what somebody on the way can do if it is no https
   * @return null after reporting that it cannot be used
   */
  public static @Nullable URI http(
      String at, String text, String purpose, String hint, String risk, Problems problems) {
    URI url = parsed(text);
    if (url == null) {
      problems.error(
          at, purpose + "expected an http or https URL, found " + Shown.quoted(text), hint);
      return null;
    }
    String host = Objects.requireNonNullElse(url.getHost(), "");
    boolean here = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    if ("http".equalsIgnoreCase(url.getScheme()) && !here) {
      problems.warning(at, "over http " + risk, "use https");
    }
    return url;
  }

  /** Warns of TLS that proves nothing. */
  public static void tls(String at, Upstream.ClientTls tls, String risk, Problems problems) {
    if (!tls.verify()) {
      problems.warning(
          at + ".verify",
          "certificates are not verified: " + risk,
          "name the authority with 'ca' instead");
    }
  }

  private static @Nullable URI parsed(String text) {
    try {
      URI url = URI.create(text);
      String scheme = url.getScheme();
      boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      boolean whole =
          url.getHost() != null && url.getFragment() == null && url.getUserInfo() == null;
      return http && whole ? url : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
