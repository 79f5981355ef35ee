package dev.headgate.keyed;

import dev.headgate.config.Config;
import dev.headgate.config.NamedPolicy;
import dev.headgate.config.Nearest;
import dev.headgate.config.PathTemplate;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.RoutePolicy;
import dev.headgate.config.Shown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that each route which has a policy captures what the policy tells requests apart by.
 */
final class CapturedNames {
  static final String WORD = "path:";

  private CapturedNames() {}

  static void check(String at, String text, Object policy, Config whole, Problems problems) {
    String name = text.substring(WORD.length());
    List<String> without = new ArrayList<>();
    List<String> captured = new ArrayList<>();
    whole
        .routes()
        .forEach((route, one) -> {
          PathTemplate path = has(one, policy, whole) ? path(one) : null;
          if (path != null && path.indexOf(name) < 0) {
            without.add(route);
            captured.addAll(path.names());
          }
        });
    if (!name.isEmpty() && !without.isEmpty()) {
      String near = Nearest.hint(name, captured);
      problems.error(
          at,
          "the path of route " + Shown.quoted(without.getFirst()) + " captures no {" + name + "}",
          near.isEmpty() ? "as in 'path: /tenants/{" + name + "}/**'" : near);
    }
  }

  private static boolean has(Route route, Object policy, Config whole) {
    return route.policies().stream().anyMatch(one -> config(one, whole) == policy);
  }

  private static @Nullable Object config(RoutePolicy one, Config whole) {
    if (one.policy() != null) {
      return one.policy().config();
    }
    NamedPolicy named = one.use() == null ? null : whole.policies().get(one.use());
    return named == null ? null : named.policy().config();
  }

  /** Null where it is no path, which is reported elsewhere. */
  private static @Nullable PathTemplate path(Route route) {
    try {
      return PathTemplate.parse(route.match().path());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
