package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import java.util.Locale;

/** The rules of a host name. */
final class Hosts {
  private static final int LONGEST = 253;
  private static final int LONGEST_LABEL = 63;

  private Hosts() {}

  /** Checks a name, or {@code *.} and a name. */
  static void checkPattern(String at, String pattern, Problems problems) {
    check(at, pattern.startsWith("*.") ? pattern.substring(2) : pattern, problems);
  }

  static void check(String at, String host, Problems problems) {
    if (isName(host) || isBracketed(host)) {
      return;
    }
    problems.error(at, Shown.quoted(host) + " is not a host name", hint(host));
  }

  private static String hint(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (isName(lower)) {
      return "in lower case: '" + lower + "'";
    }
    if (host.contains("*")) {
      return "'*' stands alone at the front, as in '*.example.com'; without 'host' every host is taken";
    }
    if (host.contains("://")) {
      return "only the name, without 'http://'";
    }
    int colon = host.lastIndexOf(':');
    if (colon > 0 && isName(host.substring(0, colon))) {
      return "without the port: '" + host.substring(0, colon) + "'";
    }
    if (host.chars().anyMatch(c -> c > 127)) {
      return "in its ASCII form, which begins with 'xn--'";
    }
    return "as in 'api.example.com' or '*.example.com'";
  }

  private static boolean isName(String host) {
    if (host.isEmpty() || host.length() > LONGEST) {
      return false;
    }
    for (String label : host.split("\\.", -1)) {
      boolean good =
          !label.isEmpty()
              && label.length() <= LONGEST_LABEL
              && label
                  .chars()
                  .allMatch(c ->
                      (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
      if (!good) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBracketed(String host) {
    return host.length() > 4
        && host.startsWith("[")
        && host.indexOf(']') == host.length() - 1
        && host.chars()
            .skip(1)
            .limit(host.length() - 2L)
            .allMatch(
                c -> (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.');
  }
}
