package dev.headgate.jose;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an issuer says of itself (OpenID Connect Discovery 1.0 section 3). Immutable.
 *
 * @param plain whether it was fetched over http, so that what it names may be http too
 */
public record IssuerMetadata(Map<String, Object> values, boolean plain) {
  /** Reads metadata, which counts only if it is the issuer's own. */
  static IssuerMetadata read(byte[] json, KeySource.Discovery from) throws Malformed {
    Map<String, Object> values = StrictJson.object(json);
    if (!from.issuer().equals(values.get("issuer"))) {
      throw new Malformed("the metadata of another issuer");
    }
    return new IssuerMetadata(values, "http".equalsIgnoreCase(from.metadata().getScheme()));
  }

  /** A URL that it names; null if it names none that can be used. https is not left again. */
  public @Nullable URI url(String name) {
    if (!(values.get(name) instanceof String text)) {
      return null;
    }
    try {
      URI url = URI.create(text);
      boolean https = "https".equalsIgnoreCase(url.getScheme());
      boolean http = plain && "http".equalsIgnoreCase(url.getScheme());
      return (https || http) && url.getHost() != null && url.getUserInfo() == null ? url : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether it says that it does that. */
  public boolean says(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }
}
