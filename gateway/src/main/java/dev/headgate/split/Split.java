package dev.headgate.split;

import dev.headgate.config.Route;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route's way to share out its requests, compiled. Immutable; each loop has a {@link Splitter} of
 * its own, kept and let go of as the instances of policies are.
 */
public final class Split implements PolicyFactory {
  private final List<Route.Target> sides;
  private final @Nullable String stick;
  private final int active;
  private final List<Forced> forced;

  /**
   * A rule by which requests are sent to a side on purpose.
   *
   * @param when null if all may
   */
  record Forced(Route.Force config, @Nullable Expression when) {}

  private Split(List<Route.Target> sides, @Nullable String stick, int active, List<Forced> forced) {
    this.sides = sides;
    this.stick = stick;
    this.active = active;
    this.forced = forced;
  }

  /**
   * Compiles.
   *
   * @param sides where requests may go
   * @param config checked before
   * @param bad gets the number of a rule whose condition is none
   */
  public static Split of(List<Route.Target> sides, Route.Split config, BadCondition bad) {
    List<Forced> forced = new ArrayList<>();
    for (int i = 0; i < config.force().size(); i++) {
      String when = config.force().get(i).when();
      try {
        forced.add(
            new Forced(config.force().get(i), when == null ? null : Expression.condition(when)));
      } catch (Expression.Malformed e) {
        bad.report(i, e);
      }
    }
    String active = config.active();
    return new Split(
        List.copyOf(sides),
        config.stick(),
        active == null ? Splitter.BY_CHANCE : indexOf(sides, active),
        List.copyOf(forced));
  }

  /** Told of a condition that is none. */
  public interface BadCondition {
    void report(int rule, Expression.Malformed why);
  }

  /** The number of the side with that name. */
  static int indexOf(List<Route.Target> sides, String name) {
    for (int i = 0; i < sides.size(); i++) {
      if (sides.get(i).sideName().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no side '" + name + "'");
  }

  /** This loop's instance. */
  public Splitter on(LoopPolicies policies) {
    return (Splitter) policies.of(this);
  }

  @Override
  public Policy create(Loop loop) {
    return new Splitter(this, loop);
  }

  List<Route.Target> sides() {
    return sides;
  }

  @Nullable String stick() {
    return stick;
  }

  /** The side that takes all that is not forced; {@link Splitter#BY_CHANCE} if none does. */
  int active() {
    return active;
  }

  List<Forced> forced() {
    return forced;
  }
}
