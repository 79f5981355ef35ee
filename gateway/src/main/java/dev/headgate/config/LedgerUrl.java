package dev.headgate.config;

import java.net.URI;
import java.net.URISyntaxException;

/** What a user may write for a ledger that is not a file. */
public final class LedgerUrl {
  private static final String SCHEME = "postgresql";

  private LedgerUrl() {}

  /** Whether it is meant as a URL rather than as the name of a file. */
  public static boolean isUrl(String store) {
    return store.contains("://");
  }

  /**
   * Reads the URL of a PostgreSQL database.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static URI parse(String store) {
    URI url;
    try {
      url = new URI(store);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("this is no URL", e);
    }
    String user = url.getUserInfo();
    if (!SCHEME.equals(url.getScheme())) {
      throw new IllegalArgumentException("a file, or 'postgresql://USER@HOST/DATABASE'");
    }
    if (url.getHost() == null || url.getPath() == null || url.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "write host and database: postgresql://USER@HOST/DATABASE");
    }
    if (user == null || user.isEmpty()) {
      throw new IllegalArgumentException("write the user: postgresql://USER@HOST/DATABASE");
    }
    if (user.contains(":") || has(url, "password")) {
      throw new IllegalArgumentException("the password belongs into 'password', as a reference");
    }
    return url;
  }

  private static boolean has(URI url, String parameter) {
    String query = url.getQuery();
    return query != null && ("&" + query).contains("&" + parameter + "=");
  }
}
