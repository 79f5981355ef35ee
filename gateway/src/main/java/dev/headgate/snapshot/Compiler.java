package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.config.PathTemplate;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.Upstream;
import dev.headgate.route.PathRewrite;
import dev.headgate.route.RedirectTarget;
import dev.headgate.route.RouteEntry;
import dev.headgate.route.RouteProblem;
import dev.headgate.route.Router;
import dev.headgate.tls.UpstreamTls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a checked configuration into what serves traffic. Pure: it opens no file and no socket.
 *
 * <p>A route whose record is the same object as in the revision before, and whose upstreams are the
 * same, is taken over as it was compiled; so the cost of a change is that of what it changes.
 */
public final class Compiler {
  private final Config config;
  private final @Nullable Snapshot before;
  private final Problems problems;
  private final Map<String, Action.NamedUpstream> upstreams = new HashMap<>();

  /** Opens the TLS of upstreams, files and all, which this class does not. */
  public interface TlsFactory {
    /** Null if it cannot be opened; the problem has been told then. */
    @Nullable UpstreamTls open(String name, Upstream upstream);
  }

  private Compiler(Config config, @Nullable Snapshot before, Problems problems) {
    this.config = config;
    this.before = before;
    this.problems = problems;
  }

  /**
   * Compiles.
   *
   * @param config checked; it may still hold what only shows when routes are put together
   * @param before the revision that serves now; null for the first
   * @param tls gives upstreams their TLS; asked for those that need it and have changed
   * @param problems gets what is wrong
   * @return null if there were errors
   */
  public static @Nullable Snapshot compile(
      Config config, long revision, @Nullable Snapshot before, TlsFactory tls, Problems problems) {
    return new Compiler(config, before, problems).snapshot(revision, tls);
  }

  private @Nullable Snapshot snapshot(long revision, TlsFactory tls) {
    Map<String, Action.NamedUpstream> known = new HashMap<>();
    if (before != null) {
      before.upstreams().forEach(upstream -> known.put(upstream.name(), upstream));
    }
    config
        .upstreams()
        .forEach((name, upstream) -> {
          Action.NamedUpstream same = known.get(name);
          upstreams.put(
              name,
              same != null && same.config().equals(upstream)
                  ? same
                  : new Action.NamedUpstream(
                      name, upstream, upstream.secure() ? tls.open(name, upstream) : null));
        });
    Map<String, RouteEntry<CompiledRoute>> old = before == null ? Map.of() : before.routes();
    Map<String, RouteEntry<CompiledRoute>> routes = HashMap.newHashMap(config.routes().size());
    List<RouteEntry<CompiledRoute>> added = new ArrayList<>();
    List<RouteEntry<CompiledRoute>> removed = new ArrayList<>();
    config
        .routes()
        .forEach((name, route) -> {
          RouteEntry<CompiledRoute> was = old.get(name);
          if (was != null && isSame(was.payload(), route)) {
            routes.put(name, was);
            return;
          }
          if (was != null) {
            removed.add(was);
          }
          RouteEntry<CompiledRoute> entry = entry(name, route);
          if (entry != null) {
            added.add(entry);
            routes.put(name, entry);
          }
        });
    old.forEach((name, entry) -> {
      if (!config.routes().containsKey(name)) {
        removed.add(entry);
      }
    });
    Router<CompiledRoute> router = before == null ? Router.empty() : before.router();
    Router.Change<CompiledRoute> change = router.with(removed, added);
    for (RouteProblem problem : change.problems()) {
      problems.error("routes." + problem.route() + ".match", problem.message(), problem.hint());
    }
    return problems.hasErrors()
        ? null
        : new Snapshot(revision, config, change.router(), routes, Set.copyOf(upstreams.values()));
  }

  private boolean isSame(CompiledRoute was, Route route) {
    if (was.config() != route) {
      return false;
    }
    if (was.action() instanceof Action.Forward forward) {
      for (Action.NamedUpstream target : forward.targets()) {
        if (!target.equals(upstreams.get(target.name()))) {
          return false;
        }
      }
    }
    return true;
  }

  private @Nullable RouteEntry<CompiledRoute> entry(String name, Route route) {
    try {
      PathTemplate template = PathTemplate.parse(route.match().path());
      Route.Rewrite rewrite = route.rewrite();
      CompiledRoute compiled =
          new CompiledRoute(
              route,
              action(route, template),
              route.bodyLimit().bytes(),
              route.timeout() == null ? 0 : route.timeout().toNanos(),
              rewrite == null ? null : PathRewrite.of(template, rewrite),
              HeaderEdits.of(route.headers().request()),
              HeaderEdits.of(route.headers().response()));
      return new RouteEntry<>(name, route.match(), route.encodedSlash(), compiled);
    } catch (IllegalArgumentException e) {
      // The checks find these with a place of their own; a configuration made by code may skip
      // them.
      problems.error("routes." + name, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private Action action(Route route, PathTemplate template) {
    Route.Respond respond = route.respond();
    if (respond != null) {
      Route.Changes headers = new Route.Changes(List.of(), respond.headers(), Map.of());
      return new Action.Respond(
          respond.status(),
          HeaderEdits.of(headers),
          respond.body().getBytes(StandardCharsets.UTF_8));
    }
    Route.Redirect redirect = route.redirect();
    if (redirect != null) {
      return new Action.Redirect(redirect.status(), new RedirectTarget(template, redirect.to()));
    }
    List<Action.NamedUpstream> targets = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    for (Route.Target target : route.to()) {
      Action.NamedUpstream upstream = upstreams.get(target.upstream());
      if (upstream == null) {
        throw new IllegalArgumentException("no upstream '" + target.upstream() + "'");
      }
      targets.add(upstream);
      weights.add(target.weight());
    }
    if (weights.stream().mapToInt(Integer::intValue).sum() <= 0) {
      throw new IllegalArgumentException("nowhere to go: no upstream has a weight above 0");
    }
    return new Action.Forward(targets, weights);
  }
}
