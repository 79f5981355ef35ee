package dev.headgate.snapshot;

import dev.headgate.balance.HashRing;
import dev.headgate.config.Config;
import dev.headgate.config.PathTemplate;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.GuessLimit;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Stores;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.http.HeaderName;
import dev.headgate.route.PathRewrite;
import dev.headgate.route.RedirectTarget;
import dev.headgate.route.RouteEntry;
import dev.headgate.route.RouteProblem;
import dev.headgate.route.Router;
import dev.headgate.split.Split;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
  private final Outside outside;
  private final Map<String, Action.NamedUpstream> upstreams = new HashMap<>();

  private final PolicyCompiler policies;
  private final ProductCompiler products;
  private final PriorityCompiler priorities;

  private Compiler(Config config, @Nullable Snapshot before, Outside outside, Problems problems) {
    this.config = config;
    this.before = before;
    this.problems = problems;
    this.outside = outside;
    this.priorities = new PriorityCompiler(config);
    this.policies = new PolicyCompiler(config, before, outside, priorities, problems);
    this.products = new ProductCompiler(config, before, outside, policies);
  }

  /**
   * Compiles.
   *
   * @param config checked; it may still hold what only shows when routes are put together
   * @param before the revision that serves now; null for the first
   * @param outside asked for what is new or has changed
   * @param problems gets what is wrong
   * @return null if there were errors
   */
  public static @Nullable Snapshot compile(
      Config config, long revision, @Nullable Snapshot before, Outside outside, Problems problems) {
    return new Compiler(config, before, outside, problems).snapshot(revision);
  }

  private @Nullable Snapshot snapshot(long revision) {
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
                      name,
                      upstream,
                      upstream.secure() ? outside.tls().open(name, upstream) : null,
                      new UpstreamHealth(name, upstream),
                      HashRing.of(upstream)));
        });
    Map<String, RouteEntry<CompiledRoute>> old = before == null ? Map.of() : before.routes();
    Map<String, RouteEntry<CompiledRoute>> routes = HashMap.newHashMap(config.routes().size());
    List<RouteEntry<CompiledRoute>> added = new ArrayList<>();
    List<RouteEntry<CompiledRoute>> removed = new ArrayList<>();
    config
        .routes()
        .forEach((name, route) -> {
          RouteEntry<CompiledRoute> was = old.get(name);
          if (was != null && isSame(name, was.payload(), route)) {
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
    if (problems.hasErrors()) {
      return null;
    }
    Snapshot snapshot = snapshot(revision, change.router(), routes);
    unused(snapshot);
    return snapshot;
  }

  private void unused(Snapshot snapshot) {
    Set<String> used =
        snapshot.stores().stream().map(Stores.Place::name).collect(Collectors.toSet());
    for (String name : config.stores().keySet()) {
      if (!used.contains(name)) {
        problems.warning("stores." + name, "no policy uses this store");
      }
    }
  }

  private Snapshot snapshot(
      long revision, Router<CompiledRoute> router, Map<String, RouteEntry<CompiledRoute>> routes) {
    Set<PolicyFactory> factories = factories(routes);
    return new Snapshot(
        revision,
        config,
        router,
        routes,
        Set.copyOf(upstreams.values()),
        policies.named(),
        products.products(),
        factories,
        identityHeaders(factories),
        factories.stream().flatMap(one -> one.credentialParameters().stream()).distinct().toList(),
        guessLimit());
  }

  /** What is counted belongs to the node, whatever the revision says about it. */
  private GuessLimit guessLimit() {
    GuessLimit.Counts counts =
        outside.states().get(GuessLimit.Counts.class, GuessLimit.class, GuessLimit.Counts::new);
    return new GuessLimit(config.authFailures(), counts);
  }

  private Set<PolicyFactory> factories(Map<String, RouteEntry<CompiledRoute>> routes) {
    Set<PolicyFactory> factories = Collections.newSetFromMap(new IdentityHashMap<>());
    policies.named().values().forEach(policy -> factories.add(policy.factory()));
    for (RouteEntry<CompiledRoute> route : routes.values()) {
      PolicyChain chain = route.payload().policies();
      for (int i = 0; i < chain.size(); i++) {
        factories.add(chain.at(i).factory());
      }
      if (route.payload().action() instanceof Action.Forward forward && forward.split() != null) {
        factories.add(forward.split());
      }
    }
    return Collections.unmodifiableSet(factories);
  }

  private static List<HeaderName> identityHeaders(Set<PolicyFactory> factories) {
    return factories.stream()
        .flatMap(factory -> factory.identityHeaders().stream())
        .distinct()
        .map(HeaderName::of)
        .toList();
  }

  private boolean isSame(String name, CompiledRoute was, Route route) {
    if (was.config() != route
        || !policies.isCurrent(was.policies(), route)
        || !products.isCurrent(was.policies(), name)
        || !priorities.isCurrent(was, route)) {
      return false;
    }
    if (was.mirrored() instanceof Mirrored copies
        && !copies.to().equals(upstreams.get(copies.to().name()))) {
      return false;
    }
    if (was.action() instanceof Action.Forward forward) {
      for (Action.NamedUpstream target : forward.targets()) {
        if (!target.equals(upstreams.get(target.name()))) {
          return false;
        }
      }
      Fallback fallback = forward.fallback();
      Action.NamedUpstream other = fallback == null ? null : fallback.to();
      return other == null || other.equals(upstreams.get(other.name()));
    }
    return true;
  }

  private @Nullable RouteEntry<CompiledRoute> entry(String name, Route route) {
    try {
      PathTemplate template = PathTemplate.parse(route.match().path());
      Route.Rewrite rewrite = route.rewrite();
      Route.CallerTimeout waits = route.callerTimeout();
      CompiledRoute compiled =
          new CompiledRoute(
              route,
              action(name, route, template),
              route.bodyLimit().bytes(),
              route.timeout() == null ? 0 : route.timeout().toNanos(),
              waits == null ? null : HeaderName.of(waits.header()),
              mirrored(route.mirror()),
              rewrite == null ? null : PathRewrite.of(template, rewrite),
              HeaderEdits.of(route.headers().request()),
              HeaderEdits.of(route.headers().response()),
              policies.chain(name, route, products.of(name)),
              priorities.highest(route));
      return new RouteEntry<>(name, route.match(), route.encodedSlash(), compiled);
    } catch (IllegalArgumentException e) {
      // The checks find these with a place of their own; a configuration made by code may skip
      // them.
      problems.error("routes." + name, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private Action action(String name, Route route, PathTemplate template) {
    if (route.respond() != null) {
      return answer(route.respond());
    }
    Route.Redirect redirect = route.redirect();
    if (redirect != null) {
      return new Action.Redirect(redirect.status(), new RedirectTarget(template, redirect.to()));
    }
    List<Action.NamedUpstream> targets = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    for (Route.Target target : route.to()) {
      targets.add(upstream(target.upstream()));
      weights.add(target.weight());
    }
    if (weights.stream().mapToInt(Integer::intValue).sum() <= 0) {
      throw new IllegalArgumentException("nowhere to go: no upstream has a weight above 0");
    }
    return new Action.Forward(targets, weights, split(name, route), fallback(route.fallback()));
  }

  private static Action.Respond answer(Route.Respond respond) {
    Route.Changes headers = new Route.Changes(List.of(), respond.headers(), Map.of());
    return new Action.Respond(
        respond.status(), HeaderEdits.of(headers), respond.body().getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable Fallback fallback(Route.@Nullable Fallback config) {
    return config == null
        ? null
        : new Fallback(
            config.to() == null ? null : upstream(config.to()),
            config.respond() == null ? null : answer(config.respond()),
            Set.copyOf(config.on()),
            config.methods() == Upstream.Retry.Methods.ANY);
  }

  private @Nullable Split split(String name, Route route) {
    return route.split() == null
        ? null
        : Split.of(
            route.to(),
            route.split(),
            (rule, why) ->
                problems.error(
                    "routes." + name + ".split.force[" + rule + "].when",
                    String.valueOf(why.getMessage()),
                    why.hint()));
  }

  private @Nullable Mirrored mirrored(Route.@Nullable Mirror rules) {
    return rules == null ? null : new Mirrored(upstream(rules.to()), rules);
  }

  private Action.NamedUpstream upstream(String name) {
    Action.NamedUpstream upstream = upstreams.get(name);
    if (upstream == null) {
      throw new IllegalArgumentException("no upstream '" + name + "'");
    }
    return upstream;
  }
}
