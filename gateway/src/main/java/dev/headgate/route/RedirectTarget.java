package dev.headgate.route;

import dev.headgate.config.PathTemplate;
import dev.headgate.config.Template;
import org.jspecify.annotations.Nullable;

/** Makes the Location of a redirect from the request. */
public final class RedirectTarget {
  private final Substitution substitution;
  private final boolean path;

  /**
   * @param route the path of the route
   * @param to as in {@code redirect.to}
   * @throws IllegalArgumentException with a hint for the user
   */
  public RedirectTarget(PathTemplate route, String to) {
    this.substitution = new Substitution(Template.redirect(to, route), route);
    this.path = !to.startsWith("http");
  }

  /**
   * @param host the request's, without port
   * @param path a canonical path that the route takes
   * @param query the request's, without the question mark; null where there is none
   */
  public String apply(String host, String path, @Nullable String query) {
    String target = substitution.fill(host, path, query);
    return this.path ? onThisHost(target) : target;
  }

  /** Two slashes at the beginning would name another host (RFC 3986 section 4.2). */
  private static String onThisHost(String target) {
    int from = 0;
    while (from < target.length() && target.charAt(from) == '/') {
      from++;
    }
    return from == 1 ? target : "/" + target.substring(from);
  }
}
