package dev.headgate.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a Redis is, as its URL says.
 *
 * @param secure whether TLS is spoken
 * @param cluster whether it is a Cluster
 * @param hosts itself, the Sentinels that know where it is, or some of a Cluster's nodes
 * @param master what Sentinels call it; empty if none are asked
 * @param database 0 to 999
 */
public record StoreAddress(
    boolean secure, boolean cluster, List<HostPort> hosts, String master, int database) {
  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final int MOST_HOSTS = 64;

  private record Scheme(boolean secure, boolean sentinel, boolean cluster) {
    boolean several() {
      return sentinel || cluster;
    }
  }

  private static final Map<String, Scheme> SCHEMES =
      Map.of(
          "redis", new Scheme(false, false, false),
          "rediss", new Scheme(true, false, false),
          "redis-sentinel", new Scheme(false, true, false),
          "rediss-sentinel", new Scheme(true, true, false),
          "redis-cluster", new Scheme(false, false, true),
          "rediss-cluster", new Scheme(true, false, true));

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
    int colon = text.indexOf("://");
    Scheme scheme = colon < 0 ? null : SCHEMES.get(text.substring(0, colon));
    if (scheme == null) {
      throw new IllegalArgumentException(
          "begin with 'redis://', 'redis-sentinel://' or 'redis-cluster://', or 'rediss' for TLS");
    }
    String rest = text.substring(colon + 3);
    if (rest.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "write who logs in under 'user' and 'password', as references to secrets");
    }
    if (rest.indexOf('?') >= 0) {
      throw new IllegalArgumentException("it has no query: timeout and TLS have keys of their own");
    }
    String place = before(rest, '#');
    String master = after(rest, '#');
    if (scheme.sentinel() != !master.isEmpty()) {
      throw new IllegalArgumentException(
          scheme.sentinel()
              ? "say after '#' what the Sentinels call it, as in 'redis-sentinel://10.0.0.5#main'"
              : "only Sentinels know names: begin with 'redis-sentinel://', or leave '#' away");
    }
    int database = database(after(place, '/'));
    if (scheme.cluster() && database != 0) {
      throw new IllegalArgumentException("a Cluster has one database: leave '/' away");
    }
    return new StoreAddress(
        scheme.secure(), scheme.cluster(), hosts(before(place, '/'), scheme), master, database);
  }

  private static String before(String text, char c) {
    int at = text.indexOf(c);
    return at < 0 ? text : text.substring(0, at);
  }

  private static String after(String text, char c) {
    int at = text.indexOf(c);
    return at < 0 ? "" : text.substring(at + 1);
  }

  private static List<HostPort> hosts(String authority, Scheme scheme) {
    String[] written = authority.split(",", -1);
    if (written.length > (scheme.several() ? MOST_HOSTS : 1)) {
      throw new IllegalArgumentException(
          scheme.several()
              ? "too many hosts"
              : "name one host; of a Cluster, begin with 'redis-cluster://'");
    }
    List<HostPort> hosts = new ArrayList<>();
    for (String one : written) {
      boolean bare = one.lastIndexOf(':') <= one.lastIndexOf(']');
      HostPort host;
      try {
        host = HostPort.parse(bare ? one + ":" + (scheme.sentinel() ? SENTINEL_PORT : PORT) : one);
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

  private static int database(String number) {
    if (number.isEmpty()) {
      return 0;
    }
    if (number.length() > 3 || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("after the host comes the number of a database, as '/2'");
    }
    return Integer.parseInt(number);
  }
}
