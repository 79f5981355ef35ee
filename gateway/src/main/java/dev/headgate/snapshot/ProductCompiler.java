package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.config.Mode;
import dev.headgate.config.Product;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Stage;
import dev.headgate.plan.Meters;
import dev.headgate.plan.Plans;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prepares what products mean for their routes, as policies that nobody writes: who has subscribed,
 * and how much they may use. They stay the same as long as all that they were made of does.
 */
final class ProductCompiler {
  private static final String SUBSCRIPTION = "product";
  private static final String QUOTA = "quota";

  private final Map<String, Compiled> products = new HashMap<>();
  private final Map<String, Compiled> byRoute = new HashMap<>();

  /**
   * The policies of a product.
   *
   * @param subscription asked before what is written on a route
   * @param quota asked after it, so that what is refused there counts for nothing
   */
  record Compiled(Product config, CompiledPolicy subscription, CompiledPolicy quota) {}

  ProductCompiler(Config config, @Nullable Snapshot before, Outside outside) {
    Meters meters = outside.states().get(Meters.class, Meters.class, Meters::new);
    Plans plans = Plans.of(config, meters);
    boolean same =
        before != null
            && before.config().plans().equals(config.plans())
            && before.config().ledger().equals(config.ledger());
    config
        .products()
        .forEach((name, product) -> {
          Compiled old = before == null ? null : before.products().get(name);
          Compiled compiled =
              old != null && same && old.config().equals(product)
                  ? old
                  : compiled(name, product, plans);
          products.put(name, compiled);
          product.routes().forEach(route -> byRoute.put(route, compiled));
        });
  }

  private static Compiled compiled(String name, Product product, Plans plans) {
    return new Compiled(
        product,
        policy(SUBSCRIPTION, name, Stage.AUTHORIZE, product.mode(), plans.subscription(name)),
        policy(QUOTA, name, Stage.LIMIT, Mode.ENFORCE, plans.quota(name)));
  }

  private static CompiledPolicy policy(
      String kind, String product, Stage stage, Mode mode, PolicyFactory factory) {
    return new CompiledPolicy(
        kind + ":" + product,
        kind,
        stage,
        mode,
        List.of(),
        false,
        false,
        Map.of(),
        Set.of(),
        factory);
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
