package dev.headgate.exchange;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Origins of web pages (RFC 6454) that are trusted: exact ones, all subdomains of one as {@code
 * https://*.example.com}, or {@code *} for all. Browsers write an origin in one form, in lower case
 * and without the default port, so that texts are compared. Immutable.
 */
public final class Origins {
  private static final String ANY = "*";
  private static final String WILD = "://*.";

  private final boolean any;
  private final Set<String> exact = new HashSet<>();
  private final List<Wild> wild = new ArrayList<>();

  /**
   * @param start scheme and slashes
   * @param end from the dot on, with the port if there is one
   */
  private record Wild(String start, String end) {
    boolean covers(String origin) {
      int to = origin.length() - end.length();
      if (to <= start.length() || !origin.startsWith(start) || !origin.endsWith(end)) {
        return false;
      }
      for (int i = start.length(); i < to; i++) {
        char c = origin.charAt(i);
        boolean inName = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!inName) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * @param written checked by {@link #check}
   */
  public Origins(List<String> written) {
    any = written.contains(ANY);
    for (String origin : written) {
      int star = origin.indexOf(WILD);
      if (star < 0) {
        exact.add(origin);
      } else {
        wild.add(new Wild(origin.substring(0, star + 3), origin.substring(star + 4)));
      }
    }
  }

  /** Whether every origin is meant. */
  public boolean any() {
    return any;
  }

  /** Whether this origin is among them; {@code null} only if it is written. */
  public boolean contains(String origin) {
    if (any || exact.contains(origin)) {
      return true;
    }
    for (int i = 0; i < wild.size(); i++) {
      if (wild.get(i).covers(origin)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an origin is that of the page that a request asks for. */
  public static boolean isOwn(String origin, Exchange exchange) {
    String scheme = exchange.scheme();
    String usual = scheme.equals("https") ? ":443" : ":80";
    String authority = exchange.authority();
    int end = authority.endsWith(usual) ? authority.length() - usual.length() : authority.length();
    int start = scheme.length() + 3;
    return end > 0
        && origin.length() == start + end
        && origin.startsWith(scheme)
        && origin.startsWith("://", scheme.length())
        && origin.regionMatches(true, start, authority, 0, end);
  }

  /**
   * Reports what no browser would send as an origin.
   *
   * @param at the list's path in the configuration
   */
  public static void check(String at, List<String> written, Problems problems) {
    for (int i = 0; i < written.size(); i++) {
      String origin = written.get(i);
      if (!origin.equals(ANY) && !origin.equals("null") && !isOrigin(origin)) {
        problems.error(
            at + "[" + i + "]",
            Shown.quoted(origin) + " is no origin",
            "an origin is scheme, host and, unless it is the usual one, port in lower case: 'https://app.example.com'"
                + " or 'https://*.example.com'");
      }
    }
  }

  private static boolean isOrigin(String text) {
    int slashes = text.indexOf("://");
    if (slashes <= 0 || !text.equals(text.toLowerCase(Locale.ROOT))) {
      return false;
    }
    String scheme = text.substring(0, slashes);
    String rest = text.substring(slashes + 3);
    String host = rest.startsWith("*.") ? rest.substring(2) : rest;
    boolean usual =
        (scheme.equals("https") && host.endsWith(":443"))
            || (scheme.equals("http") && host.endsWith(":80"));
    return !usual
        && !host.isEmpty()
        && !host.startsWith(".")
        && host.chars().allMatch(Origins::inHost);
  }

  private static boolean inHost(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-._:[]".indexOf(c) >= 0;
  }
}
