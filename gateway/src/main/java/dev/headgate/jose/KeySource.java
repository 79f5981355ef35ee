package dev.headgate.jose;

import dev.headgate.config.Upstream;
import java.net.URI;
import java.nio.file.Path;

/** Where an issuer's keys are. */
public sealed interface KeySource {
  /** A key set by its URL. */
  record Url(URI url, Upstream.ClientTls tls) implements KeySource {
    @Override
    public String toString() {
      return url.toString();
    }
  }

  /**
   * A key set that the issuer's metadata names (OpenID Connect Discovery 1.0 section 4).
   *
   * @param metadata the metadata's URL
   */
  record Discovery(String issuer, URI metadata, Upstream.ClientTls tls) implements KeySource {
    /** The metadata at its usual place. */
    public static Discovery of(String issuer, Upstream.ClientTls tls) {
      String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
      return new Discovery(issuer, URI.create(base + "/.well-known/openid-configuration"), tls);
    }

    @Override
    public String toString() {
      return issuer;
    }
  }

  /** A key set in a file. */
  record File(Path path) implements KeySource {
    @Override
    public String toString() {
      return path.toString();
    }
  }
}
