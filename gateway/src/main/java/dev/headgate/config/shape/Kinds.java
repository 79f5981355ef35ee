package dev.headgate.config.shape;

import dev.headgate.config.Config;
import dev.headgate.config.KindOf.Family;
import dev.headgate.config.Plan;
import dev.headgate.config.Problems;
import dev.headgate.config.Typed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The kinds of policies and credentials that there are, and with them the shape of a whole
 * configuration. Immutable.
 */
public final class Kinds {
  private final Map<String, Kind<?>> policies = new LinkedHashMap<>();
  private final Map<String, Kind<?>> credentials = new LinkedHashMap<>();
  private final Kind.Check<Plan.Limit> planLimits;
  private final Struct config;

  /**
   * @param planLimits the rules of the limits of plans, which the policy {@code limit} knows
   */
  public Kinds(
      List<Kind<?>> policies, List<Kind<?>> credentials, Kind.Check<Plan.Limit> planLimits) {
    this.planLimits = planLimits;
    policies.forEach(kind -> this.policies.put(kind.name(), kind));
    credentials.forEach(kind -> this.credentials.put(kind.name(), kind));
    this.config = Shapes.of(Config.class, this);
  }

  /** The shape of a whole configuration. */
  public Struct config() {
    return config;
  }

  /** Whether a kind of policy finds out who is calling. */
  public boolean authenticates(Typed policy) {
    return Objects.requireNonNull(policies.get(policy.kind())).authenticates();
  }

  /** Checks what is written below a kind's name. */
  public void check(Family family, String at, Typed typed, Config whole, Problems problems) {
    Kind<?> kind = Objects.requireNonNull(of(family).get(typed.kind()));
    kind.checkAny(at + "." + typed.kind(), typed.config(), whole, problems);
  }

  /** Checks a limit of a plan. */
  public void check(String at, Plan.Limit limit, Config whole, Problems problems) {
    planLimits.check(at, limit, whole, problems);
  }

  Map<String, Kind<?>> of(Family family) {
    return switch (family) {
      case POLICY -> policies;
      case CREDENTIAL -> credentials;
    };
  }
}
