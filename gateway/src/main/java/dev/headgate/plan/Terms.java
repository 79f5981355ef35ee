package dev.headgate.plan;

import dev.headgate.config.Allowance;
import dev.headgate.config.Config;
import dev.headgate.config.Ledger;
import dev.headgate.config.Mode;
import dev.headgate.config.Money;
import dev.headgate.config.Percent;
import dev.headgate.config.Plan;
import dev.headgate.config.Statuses;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plans of a revision, prepared: what holds for their consumers. Immutable.
 *
 * @param zone of the days from which on something holds
 * @param deniesUnknown whether requests wait for the ledger
 */
record Terms(
    Map<String, Offer> plans,
    ZoneId zone,
    Statuses statuses,
    List<Ledger.FailedBy> failedBy,
    boolean deniesUnknown) {

  /**
   * A plan.
   *
   * @param warnAt a share of a quota; more than 1 for never
   */
  record Offer(
      String name,
      List<Limit> limits,
      double warnAt,
      boolean headers,
      Mode mode,
      @Nullable Money price,
      @Nullable Money overage) {

    boolean limits(Mode wanted) {
      return mode == wanted && !limits.isEmpty();
    }
  }

  /**
   * One number of a quota.
   *
   * @param quoted its name, as the fields of answers have it
   */
  record Limit(Allowance allowance, ZoneId zone, String quoted) {}

  static Terms of(Config config) {
    Ledger ledger = config.ledger();
    Map<String, Offer> plans = new HashMap<>();
    config.plans().forEach((name, plan) -> plans.put(name, offer(name, plan, ledger.zone())));
    return new Terms(
        Map.copyOf(plans),
        ledger.zone(),
        Statuses.parse(ledger.billable().statuses()),
        ledger.billable().failedBy(),
        ledger.onStoreFailure() == Ledger.Unknown.DENY);
  }

  private static Offer offer(String name, Plan plan, ZoneId usual) {
    Plan.Quota quota = plan.quota();
    Money price = plan.price() == null ? null : plan.price().perRequest();
    Money overage = plan.overage() == null ? null : plan.overage().perRequest();
    if (quota == null || quota.mode() == Mode.OFF) {
      return new Offer(name, List.of(), 2, false, Mode.OFF, price, overage);
    }
    ZoneId zone = quota.zone() == null ? usual : quota.zone();
    Percent warnAt = quota.warnAt();
    return new Offer(
        name,
        quota.requests().stream()
            .map(one -> new Limit(one, zone, '"' + name + ":" + one.period().word() + '"'))
            .toList(),
        warnAt == null ? 2 : warnAt.fraction(),
        quota.headers(),
        quota.mode(),
        price,
        overage);
  }

  /** Whether a request that has ended is paid for. */
  boolean billable(Exchange exchange) {
    if (!statuses.contains(exchange.status())) {
      return false;
    }
    Failure failure = exchange.failure();
    return failure == null || failedBy.contains(blamed(failure.source()));
  }

  private static Ledger.FailedBy blamed(Failure.Source source) {
    return switch (source) {
      case CLIENT -> Ledger.FailedBy.CLIENT;
      case GATEWAY -> Ledger.FailedBy.GATEWAY;
      case UPSTREAM -> Ledger.FailedBy.UPSTREAM;
    };
  }
}
