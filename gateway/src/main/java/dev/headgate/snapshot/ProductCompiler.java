package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.config.Mode;
import dev.headgate.config.Plan;
import dev.headgate.config.Product;
import dev.headgate.config.read.FileStamp;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.plan.Meters;
import dev.headgate.plan.Plans;
import dev.headgate.policy.limit.PlanLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prepares what products mean for their routes, as policies that nobody writes: who has subscribed,
 * how often they may ask, and how much they may use. They stay the same as long as all that they
 * were made of does.
 */
final class ProductCompiler {
  private static final String SUBSCRIPTION = "product";
  private static final String LIMITS = "limits";
  private static final String QUOTA = "quota";

  private final Map<String, Compiled> products = new HashMap<>();
  private final Map<String, Compiled> byRoute = new HashMap<>();

  /**
   * The policies of a product.
   *
   * @param subscription asked before what is written on a route
   * @param limits asked after it
   * @param quota asked last, so that what is refused before counts for nothing
   */
  record Compiled(
      Product config,
      CompiledPolicy subscription,
      List<CompiledPolicy> limits,
      CompiledPolicy quota) {}

  ProductCompiler(
      Config config, @Nullable Snapshot before, Outside outside, PolicyCompiler policies) {
    Meters meters = outside.states().get(Meters.class, Meters.class, Meters::new);
    Plans plans = Plans.of(config, meters);
    boolean same = before != null && isSame(config, before, policies);
    List<Slot> slots = Slot.of(config.plans(), policies);
    config
        .products()
        .forEach((name, product) -> {
          Compiled old = before == null ? null : before.products().get(name);
          Compiled compiled =
              old != null && same && old.config().equals(product)
                  ? old
                  : compiled(name, product, plans, slots);
          products.put(name, compiled);
          product.routes().forEach(route -> byRoute.put(route, compiled));
        });
  }

  private static boolean isSame(Config config, Snapshot before, PolicyCompiler policies) {
    return before.config().plans().equals(config.plans())
        && before.config().ledger().equals(config.ledger())
        && before.products().values().stream()
            .flatMap(product -> product.limits().stream())
            .allMatch(policies::isCurrent);
  }

  /**
   * One policy on routes, which asks a limit of each plan that has as many: a request of a consumer
   * meets one plan's only, so its cost does not grow with the number of plans.
   */
  private record Slot(Mode mode, Map<String, CompiledPolicy> byPlan) {
    static List<Slot> of(Map<String, Plan> plans, PolicyCompiler policies) {
      List<Slot> slots = new ArrayList<>();
      plans.forEach((name, plan) -> {
        List<PlanLimits.Group> groups = PlanLimits.groups(plan);
        for (int i = 0; i < groups.size(); i++) {
          CompiledPolicy limit = policies.planLimit(name, i, groups.get(i));
          if (limit != null) {
            free(slots, limit.mode(), name).byPlan.put(name, limit);
          }
        }
      });
      return slots;
    }

    private static Slot free(List<Slot> slots, Mode mode, String plan) {
      for (Slot slot : slots) {
        if (slot.mode == mode && !slot.byPlan.containsKey(plan)) {
          return slot;
        }
      }
      Slot added = new Slot(mode, new HashMap<>());
      slots.add(added);
      return added;
    }

    CompiledPolicy on(String product, Plans plans) {
      Map<String, PolicyFactory> factories = new HashMap<>();
      Map<Path, FileStamp> files = new HashMap<>();
      Set<Stores.Place> stores = new HashSet<>();
      byPlan.forEach((plan, limit) -> {
        factories.put(plan, limit.factory());
        files.putAll(limit.files());
        stores.addAll(limit.stores());
      });
      return policy(
          LIMITS,
          product,
          Stage.LIMIT,
          mode,
          new Made(Map.copyOf(files), Set.copyOf(stores), plans.limits(product, factories)));
    }
  }

  /** What a policy was made of, and the policy. */
  private record Made(Map<Path, FileStamp> files, Set<Stores.Place> stores, PolicyFactory factory) {
    static Made of(PolicyFactory factory) {
      return new Made(Map.of(), Set.of(), factory);
    }
  }

  private static Compiled compiled(String name, Product product, Plans plans, List<Slot> slots) {
    return new Compiled(
        product,
        policy(
            SUBSCRIPTION, name, Stage.AUTHORIZE, product.mode(), Made.of(plans.subscription(name))),
        slots.stream().map(slot -> slot.on(name, plans)).toList(),
        policy(QUOTA, name, Stage.LIMIT, Mode.ENFORCE, Made.of(plans.quota(name))));
  }

  private static CompiledPolicy policy(
      String kind, String product, Stage stage, Mode mode, Made made) {
    return new CompiledPolicy(
        kind + ":" + product,
        kind,
        stage,
        mode,
        List.of(),
        false,
        false,
        made.files(),
        made.stores(),
        made.factory());
  }

  /** All of them, by the product's name. */
  Map<String, Compiled> products() {
    return Map.copyOf(products);
  }

  /** That of a route; null if it is in no product. */
  @Nullable Compiled of(String route) {
    return byRoute.get(route);
  }

  /** Whether a chain has what the route would get now. */
  boolean isCurrent(PolicyChain chain, String route) {
    Compiled wanted = byRoute.get(route);
    CompiledPolicy has = null;
    for (int i = 0; i < chain.size(); i++) {
      if (chain.at(i).kind().equals(QUOTA)) {
        has = chain.at(i);
      }
    }
    return has == (wanted == null ? null : wanted.quota());
  }
}
