package dev.headgate.config.check;

import dev.headgate.config.Allowance;
import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.Ledger;
import dev.headgate.config.LedgerUrl;
import dev.headgate.config.Money;
import dev.headgate.config.Nearest;
import dev.headgate.config.Places;
import dev.headgate.config.Plan;
import dev.headgate.config.Problems;
import dev.headgate.config.Product;
import dev.headgate.config.Route;
import dev.headgate.config.Shown;
import dev.headgate.config.Statuses;
import dev.headgate.config.shape.Kinds;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of plans, of products, of the consumers that have them, and of the ledger. */
final class PlanChecks {
  private final Config config;
  private final Kinds kinds;
  private final Places places;
  private final Problems problems;

  PlanChecks(Config config, Kinds kinds, Places places, Problems problems) {
    this.config = config;
    this.kinds = kinds;
    this.places = places;
    this.problems = problems;
  }

  void check() {
    config.plans().forEach((name, plan) -> plan("plans." + name, plan));
    Map<String, String> productOf = new HashMap<>();
    config
        .products()
        .forEach((name, product) -> product("products." + name, name, product, productOf));
    config.consumers().forEach((name, consumer) -> consumer("consumers." + name, consumer));
    ledger("ledger", config.ledger());
    if (!problems.hasErrors()) {
      unsubscribed();
    }
  }

  private void plan(String at, Plan plan) {
    for (int i = 0; i < plan.limits().size(); i++) {
      kinds.check(at + ".limits[" + i + "]", plan.limits().get(i), config, problems);
    }
    Plan.Quota quota = plan.quota();
    if (quota != null) {
      Set<Allowance.Period> seen = new HashSet<>();
      if (quota.requests().isEmpty()) {
        problems.error(at + ".quota.requests", "no number", "as in 'requests: 1000000/month'");
      }
      for (int i = 0; i < quota.requests().size(); i++) {
        Allowance.Period period = quota.requests().get(i).period();
        if (!seen.add(period)) {
          problems.error(
              at + ".quota.requests[" + i + "]",
              "there are two numbers for each " + period.word(),
              "the smaller one is the limit");
        }
      }
    }
    if (plan.overage() != null) {
      overage(at, plan, plan.overage().perRequest());
    }
  }

  private void overage(String at, Plan plan, Money overage) {
    if (plan.quota() == null) {
      problems.error(at + ".overage", "there is no quota to go beyond", "give the plan a 'quota'");
    }
    if (plan.price() != null && !plan.price().perRequest().currency().equals(overage.currency())) {
      problems.error(
          at + ".overage.perRequest",
          "the price is in " + plan.price().perRequest().currency(),
          "a plan has one currency");
    }
  }

  private void product(String at, String name, Product product, Map<String, String> productOf) {
    if (product.routes().isEmpty()) {
      problems.error(at + ".routes", "no route", "as in 'routes: [orders]'");
    }
    for (int i = 0; i < product.routes().size(); i++) {
      String route = product.routes().get(i);
      String here = at + ".routes[" + i + "]";
      Route config = this.config.routes().get(route);
      String other = productOf.putIfAbsent(route, name);
      if (config == null) {
        unknown(here, "route", "routes", route, this.config.routes().keySet());
      } else if (config.isPublic()) {
        problems.error(
            here,
            "the route " + Shown.quoted(route) + " does not ask who is calling",
            "name a policy in its 'auth'");
      } else if (other != null) {
        problems.error(
            here,
            "the route " + Shown.quoted(route) + " is in the product " + Shown.quoted(other),
            "a request counts for one product");
      }
    }
  }

  /**
   * @param thing such as {@code plan}
   * @param key where such are written
   */
  private void unknown(String at, String thing, String key, String name, Set<String> known) {
    if (places.has(key + "." + name)) {
      return;
    }
    String near = Nearest.hint(name, known);
    String all =
        known.isEmpty()
            ? "there is none under '" + key + "'"
            : "there are " + String.join(", ", known.stream().limit(8).toList());
    problems.error(
        at, "no " + thing + " is named " + Shown.quoted(name), near.isEmpty() ? all : near);
  }

  private void consumer(String at, Consumer consumer) {
    Set<LocalDate> days = new HashSet<>();
    for (int i = 0; i < consumer.plan().size(); i++) {
      Consumer.PlanChoice choice = consumer.plan().get(i);
      String here = at + ".plan[" + i + "]";
      if (!config.plans().containsKey(choice.name())) {
        unknown(here + ".name", "plan", "plans", choice.name(), config.plans().keySet());
      }
      LocalDate from = choice.from() == null ? LocalDate.MIN : choice.from();
      if (!days.add(from)) {
        problems.error(
            here, "two plans hold from the same day on", "write 'from: DAY' for the later one");
      }
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < consumer.products().size(); i++) {
      Consumer.Subscription product = consumer.products().get(i);
      String here = at + ".products[" + i + "]";
      if (!config.products().containsKey(product.name())) {
        unknown(here + ".name", "product", "products", product.name(), config.products().keySet());
      } else if (!seen.add(product.name())) {
        problems.error(here, "this product is there twice");
      }
      if (product.from() != null
          && product.until() != null
          && !product.until().isAfter(product.from())) {
        problems.error(
            here + ".until", "it ends before it begins", "a day after " + product.from());
      }
    }
    if (consumer.products().isEmpty() && !consumer.plan().isEmpty()) {
      problems.warning(
          at + ".plan", "the plan counts for nothing", "only what 'products' open is counted");
    }
    if (!consumer.products().isEmpty() && consumer.plan().isEmpty() && !config.plans().isEmpty()) {
      problems.warning(
          at + ".products",
          "without a plan there is neither quota nor price",
          "as in 'plan: NAME'");
    }
  }

  private void ledger(String at, Ledger ledger) {
    String store = ledger.store();
    if (store != null && LedgerUrl.isUrl(store)) {
      rule(at + ".store", "this ledger cannot be opened", () -> LedgerUrl.parse(store));
    } else if (store != null && (store.isBlank() || store.indexOf('\0') >= 0)) {
      problems.error(at + ".store", "the name of a file is empty", "as in 'data/ledger.db'");
    } else if (ledger.password() != null) {
      problems.error(at + ".password", "a file has no password", "it goes with a URL in 'store'");
    }
    List<String> statuses = ledger.billable().statuses();
    for (int i = 0; i < statuses.size(); i++) {
      List<String> one = List.of(statuses.get(i));
      rule(
          at + ".billable.statuses[" + i + "]",
          Shown.quoted(one.getFirst()) + " is no status",
          () -> Statuses.parse(one));
    }
  }

  private void rule(String at, String message, Runnable reading) {
    try {
      reading.run();
    } catch (IllegalArgumentException e) {
      problems.error(at, message, String.valueOf(e.getMessage()));
    }
  }

  /** Only when all consumers could be read: one that could not might be the one that has it. */
  private void unsubscribed() {
    Set<String> subscribed = new HashSet<>();
    config
        .consumers()
        .values()
        .forEach(consumer -> consumer.products().forEach(one -> subscribed.add(one.name())));
    config
        .products()
        .keySet()
        .forEach(name -> {
          if (!subscribed.contains(name)) {
            problems.warning(
                "products." + name,
                "nobody has subscribed: nobody can call its routes",
                "as in 'consumers: { NAME: { products: [" + name + "] } }'");
          }
        });
  }
}
