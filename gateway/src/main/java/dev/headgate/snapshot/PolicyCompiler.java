package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.Mode;
import dev.headgate.config.NamedPolicy;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.RoutePolicy;
import dev.headgate.config.ServerTls;
import dev.headgate.config.Store;
import dev.headgate.config.Typed;
import dev.headgate.config.read.FileStamp;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.expression.Expression;
import dev.headgate.policy.Policies;
import dev.headgate.policy.limit.PlanLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the policies of one revision: those with names once for all routes, those that stand on
 * a route with the route. What has not changed is taken over from the revision before.
 */
final class PolicyCompiler {
  private final Config config;
  private final Outside outside;
  private final PriorityCompiler priorities;
  private final Problems problems;
  private final boolean sameConsumers;
  private final Map<String, CompiledPolicy> named = new HashMap<>();

  /** How files are, looked at once: all policies of the revision see the same. */
  private final Map<Path, FileStamp> stamps = new HashMap<>();

  PolicyCompiler(
      Config config,
      @Nullable Snapshot before,
      Outside outside,
      PriorityCompiler priorities,
      Problems problems) {
    this.config = config;
    this.outside = outside;
    this.priorities = priorities;
    this.problems = problems;
    this.sameConsumers = before != null && before.config().consumers().equals(config.consumers());
    Map<String, CompiledPolicy> compiledBefore = before == null ? Map.of() : before.policies();
    Map<String, NamedPolicy> writtenBefore = before == null ? Map.of() : before.config().policies();
    config
        .policies()
        .forEach((name, policy) -> {
          CompiledPolicy old = compiledBefore.get(name);
          boolean same = old != null && policy == writtenBefore.get(name) && isCurrent(old);
          CompiledPolicy compiled = same ? old : named(name, policy);
          if (compiled != null) {
            named.put(name, compiled);
          }
        });
  }

  /** The policies under {@code policies}, by name. */
  Map<String, CompiledPolicy> named() {
    return Map.copyOf(named);
  }

  /** Whether a chain of the revision before is what would be made now. */
  boolean isCurrent(PolicyChain chain, Route route) {
    for (String name : route.auth()) {
      if (!route.isPublic() && !holds(chain, named.get(name))) {
        return false;
      }
    }
    for (RoutePolicy policy : route.policies()) {
      if (policy.use() != null && !holds(chain, named.get(policy.use()))) {
        return false;
      }
    }
    for (int i = 0; i < chain.size(); i++) {
      if (!isCurrent(chain.at(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether nothing has changed of what a policy was made of besides its configuration. */
  boolean isCurrent(CompiledPolicy policy) {
    return (sameConsumers || !policy.readsConsumers())
        && policy.stores().stream().allMatch(store -> store.equals(store(store.name())))
        && policy.files().entrySet().stream()
            .allMatch(file -> file.getValue().equals(stamp(file.getKey())));
  }

  /** A store as policies see it; null if there is none of that name. */
  private Stores.@Nullable Place store(String name) {
    Store store = config.stores().get(name);
    if (store == null) {
      return null;
    }
    Store.Tls tls = store.tls();
    ServerTls.KeyPair pair = tls.certificate();
    Store.Tls resolved =
        new Store.Tls(
            tls.verify(),
            tls.ca() == null ? null : resolve(tls.ca()).toString(),
            pair == null
                ? null
                : new ServerTls.KeyPair(
                    resolve(pair.chain()).toString(), resolve(pair.key()).toString()));
    return new Stores.Place(
        name,
        new Store(
            store.redis(),
            store.user(),
            store.password(),
            store.sentinelPassword(),
            store.prefix(),
            store.timeout(),
            resolved));
  }

  private Path resolve(String path) {
    return outside.folder().resolve(path).toAbsolutePath().normalize();
  }

  private FileStamp stamp(Path file) {
    return stamps.computeIfAbsent(file, FileStamp::of);
  }

  /** By its factory and what else the named policy says; one that is off is in no chain. */
  private static boolean holds(PolicyChain chain, @Nullable CompiledPolicy wanted) {
    if (wanted == null) {
      return false;
    }
    for (int i = 0; i < chain.size(); i++) {
      if (chain.at(i).factory() == wanted.factory()) {
        return true;
      }
    }
    return wanted.mode() == Mode.OFF;
  }

  /**
   * The chain of a route; problems are reported.
   *
   * @param product that the route is in; null if it is in none
   */
  PolicyChain chain(String routeName, Route route, ProductCompiler.@Nullable Compiled product) {
    List<CompiledPolicy> policies = new ArrayList<>();
    if (!route.isPublic()) {
      for (String name : route.auth()) {
        CompiledPolicy policy = named.get(name);
        if (policy != null) {
          policies.add(policy);
        }
      }
    }
    if (product != null) {
      policies.add(product.subscription());
    }
    CompiledPolicy priority = priorities.of(route);
    if (priority != null) {
      policies.add(priority);
    }
    for (int i = 0; i < route.policies().size(); i++) {
      CompiledPolicy policy =
          onRoute("routes." + routeName + ".policies[" + i + "]", route.policies().get(i));
      if (policy != null) {
        policies.add(policy);
      }
    }
    if (product != null) {
      policies.addAll(product.limits());
      policies.add(product.quota());
    }
    if (policies.size() > PolicyChain.MOST) {
      problems.error(
          "routes." + routeName + ".policies", "more than " + PolicyChain.MOST + " policies");
    }
    return PolicyChain.of(policies);
  }

  /**
   * A limit that comes with a plan, for which a consumer's plan is to be found out first.
   *
   * @param number of the group among those of the plan
   * @return null after reporting problems
   */
  @Nullable CompiledPolicy planLimit(String plan, int number, PlanLimits.Group group) {
    String at = "plans." + plan + ".limits";
    String name = group.limits().size() > 1 ? plan : plan + ":" + group.limits().getFirst().rate();
    InHand preparation =
        new InHand(number == 0 ? at : at + "." + number, name, at + "[" + group.first() + "]");
    PolicyFactory factory = PlanLimits.prepare(group, preparation);
    return factory == null
        ? null
        : new CompiledPolicy(
            name,
            "limit",
            Stage.LIMIT,
            group.mode(),
            List.of(),
            false,
            false,
            Map.copyOf(preparation.files),
            Set.copyOf(preparation.stores),
            factory);
  }

  private @Nullable CompiledPolicy named(String name, NamedPolicy policy) {
    return compile("policies." + name, name, policy.policy(), policy.mode(), policy.when());
  }

  private @Nullable CompiledPolicy onRoute(String at, RoutePolicy policy) {
    Typed own = policy.policy();
    if (own != null) {
      return compile(at, own.kind(), own, policy.mode(), policy.when());
    }
    CompiledPolicy known = policy.use() == null ? null : named.get(policy.use());
    if (known == null) {
      return null;
    }
    Mode mode = known.mode().compareTo(policy.mode()) < 0 ? policy.mode() : known.mode();
    List<Expression> conditions = new ArrayList<>(known.conditions());
    conditions.addAll(conditions(at + ".when", policy.when()));
    return new CompiledPolicy(
        known.name(),
        known.kind(),
        known.stage(),
        mode,
        List.copyOf(conditions),
        known.authenticates(),
        known.readsConsumers(),
        known.files(),
        known.stores(),
        known.factory());
  }

  private @Nullable CompiledPolicy compile(
      String at, String name, Typed typed, Mode mode, @Nullable String when) {
    return compile(at, name, Policies.kind(typed.kind()), typed, mode, when);
  }

  private <C extends Record> @Nullable CompiledPolicy compile(
      String at, String name, PolicyKind<C> kind, Typed typed, Mode mode, @Nullable String when) {
    C below = kind.config().cast(typed.config());
    InHand preparation = new InHand(at + "." + typed.kind(), name);
    PolicyFactory factory = kind.prepare(below, preparation);
    List<Expression> conditions = conditions(at + ".when", when);
    if (factory == null) {
      return null;
    }
    Stage stage = kind.stage(below);
    return new CompiledPolicy(
        name,
        typed.kind(),
        stage,
        mode,
        conditions,
        stage == Stage.AUTHENTICATE,
        preparation.readsConsumers,
        Map.copyOf(preparation.files),
        Set.copyOf(preparation.stores),
        factory);
  }

  private List<Expression> conditions(String at, @Nullable String when) {
    if (when == null) {
      return List.of();
    }
    try {
      return List.of(Expression.condition(when));
    } catch (Expression.Malformed e) {
      problems.error(at, String.valueOf(e.getMessage()), e.hint());
      return List.of();
    }
  }

  /** What the policy that is prepared at the moment may use. */
  private final class InHand implements Preparation {
    private final String at;
    private final String name;
    private final String written;
    private final Map<Path, FileStamp> files = new HashMap<>();
    private final Set<Stores.Place> stores = new HashSet<>();
    private boolean readsConsumers;

    InHand(String at, String name) {
      this(at, name, at);
    }

    /**
     * @param written where it is written, if not at its place
     */
    InHand(String at, String name, String written) {
      this.at = at;
      this.name = name;
      this.written = written;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String place() {
      return at;
    }

    @Override
    public Map<String, Consumer> consumers() {
      readsConsumers = true;
      return config.consumers();
    }

    @Override
    public Instant now() {
      return outside.clock().instant();
    }

    @Override
    public Path resolve(String path) {
      return PolicyCompiler.this.resolve(path);
    }

    @Override
    public Stores.Place store(String name) {
      Stores.Place place = PolicyCompiler.this.store(name);
      if (place == null) {
        throw new IllegalArgumentException("no store '" + name + "'");
      }
      stores.add(place);
      String ca = place.config().tls().ca();
      try (InputStream _ = ca == null ? InputStream.nullInputStream() : open(ca)) {
        return place;
      } catch (IOException e) {
        problems.error("stores." + name + ".tls.ca", "cannot be read: " + e.getMessage());
        return place;
      }
    }

    @Override
    public InputStream open(String path) throws IOException {
      Path file = resolve(path);
      // Looked at before it is read: what changes meanwhile is seen as a change.
      files.put(file, stamp(file));
      return Files.newInputStream(file);
    }

    @Override
    public <T> T shared(Class<T> type, Object key, Supplier<T> make) {
      return outside.states().get(type, key, make);
    }

    @Override
    public void error(String field, String message, String hint) {
      problems.error(path(field), message, hint);
    }

    @Override
    public void warning(String field, String message, String hint) {
      problems.warning(path(field), message, hint);
    }

    private String path(String field) {
      return field.isEmpty() ? written : written + "." + field;
    }
  }
}
