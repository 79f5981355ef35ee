package dev.headgate.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a Redis is, as its URL says.
 *
 * @param secure whether TLS is spoken
 * @param hosts itself, or the Sentinels that know where it is
 * @param master what Sentinels call it; empty if none are asked
 * @param database 0 to 999
 */
public record StoreAddress(boolean secure, List<HostPort> hosts, String master, int database) {
  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final int MOST_HOSTS = 64;

  private record Scheme(boolean secure, boolean sentinel) {}

  private static final Map<String, Scheme> SCHEMES =
      Map.of(
          "redis", new Scheme(false, false),
          "rediss", new Scheme(true, false),
          "redis-sentinel", new Scheme(false, true),
          "rediss-sentinel", new Scheme(true, true));

  /** Whether Sentinels know where it is. */
  public boolean watched() {
    return !master.isEmpty();
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException with what is wrong; never quotes the URL, in which somebody
   *     may have written a password
   */
  public static StoreAddress parse(String text) {
    URI url = url(text);
    Scheme scheme = url.getScheme() == null ? null : SCHEMES.get(url.getScheme());
    if (scheme == null || url.isOpaque()) {
      throw new IllegalArgumentException(
          "begin with 'redis://', 'rediss://', 'redis-sentinel://' or 'rediss-sentinel://'");
    }
    String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
    if (authority.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "write who logs in under 'user' and 'password', as references to secrets");
    }
    if (url.getRawQuery() != null) {
      throw new IllegalArgumentException("it has no query: timeout and TLS have keys of their own");
    }
    String master = url.getFragment() == null ? "" : url.getFragment();
    if (scheme.sentinel() != !master.isEmpty()) {
      throw new IllegalArgumentException(
          scheme.sentinel()
              ? "say after '#' what the Sentinels call it, as in 'redis-sentinel://10.0.0.5#main'"
              : "only Sentinels know names: begin with 'redis-sentinel://', or leave '#' away");
    }
    return new StoreAddress(
        scheme.secure(), hosts(authority, scheme.sentinel()), master, database(url.getRawPath()));
  }

  private static URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("it cannot be read as a URL");
    }
  }

  private static List<HostPort> hosts(String authority, boolean several) {
    String[] written = authority.split(",", -1);
    if (written.length > (several ? MOST_HOSTS : 1)) {
      throw new IllegalArgumentException(
          several ? "too many Sentinels" : "the nodes of a Cluster are a list of URLs");
    }
    List<HostPort> hosts = new ArrayList<>();
    for (String one : written) {
      boolean bare = one.lastIndexOf(':') <= one.lastIndexOf(']');
      HostPort host;
      try {
        host = HostPort.parse(bare ? one + ":" + (several ? SENTINEL_PORT : PORT) : one);
      } catch (IllegalArgumentException _) {
        throw new IllegalArgumentException("the host is missing or is no name");
      }
      if (host.port() == 0) {
        throw new IllegalArgumentException("the port must be from 1 to 65535");
      }
      hosts.add(host);
    }
    return List.copyOf(hosts);
  }

  private static int database(String path) {
    if (path == null || path.isEmpty() || path.equals("/")) {
      return 0;
    }
    String number = path.substring(1);
    if (number.isEmpty()
        || number.length() > 3
        || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("after the host comes the number of a database, as '/2'");
    }
    return Integer.parseInt(number);
  }
}
