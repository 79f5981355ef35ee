package dev.headgate.route;

import dev.headgate.config.PathTemplate;
import dev.headgate.config.Route;
import dev.headgate.config.Template;

/**
 * Makes the path that an upstream gets from the path that a route took. What comes out is canonical
 * if what goes in is: captured text is put in as it stands.
 */
@FunctionalInterface
public interface PathRewrite {
  /**
   * @param path a canonical path that the route takes
   */
  String apply(String path);

  /**
   * @param route the path of the route
   * @throws IllegalArgumentException with a hint for the user
   */
  static PathRewrite of(PathTemplate route, Route.Rewrite rewrite) {
    String path = rewrite.path();
    return path != null
        ? byTemplate(new Substitution(Template.path(path, route), route))
        : byPrefix(route, Template.prefix(rewrite.prefix() == null ? "/" : rewrite.prefix()));
  }

  private static PathRewrite byTemplate(Substitution substitution) {
    return path -> orRoot(substitution.fill("", path, null));
  }

  private static PathRewrite byPrefix(PathTemplate route, String prefix) {
    int fixed = route.fixedSegments();
    if (fixed == route.segments().size() && !route.rest()) {
      return _ -> prefix; // The route takes this one path only.
    }
    String beginning = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    return path -> orRoot(beginning + path.substring(Segments.slash(path, fixed)));
  }

  private static String orRoot(String path) {
    return path.isEmpty() ? "/" : path;
  }
}
