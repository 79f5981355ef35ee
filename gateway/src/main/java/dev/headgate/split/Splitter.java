package dev.headgate.split;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.expression.Expression;
import dev.headgate.keyed.RequestKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says which side of a split a request belongs to, on one loop. */
@LoopConfined
public final class Splitter implements Policy {
  /** No side in particular: chance decides, by the weights. */
  public static final int BY_CHANCE = -1;

  private final Split split;
  private final Loop loop;
  private final @Nullable RequestKey caller;
  private final Shares shares;
  private final List<ForcedSide> forced;

  Splitter(Split split, Loop loop) {
    this.split = split;
    this.loop = loop;
    this.shares = new Shares(split.sides());
    this.caller =
        split.stick() == null
            ? null
            : new RequestKey(List.of(split.stick()), new RequestKey.Seed(Shares.HASHER));
    this.forced = split.forced().stream().map(rule -> new ForcedSide(rule, split.sides())).toList();
  }

  /** The number of the side, or {@link #BY_CHANCE}; why is noted if the request is explained. */
  public int side(Exchange exchange) {
    for (int i = 0; i < forced.size(); i++) {
      int side = forced(forced.get(i), exchange);
      if (side >= 0) {
        return side;
      }
    }
    if (split.active() >= 0) {
      note(exchange, split.active(), "it is active");
      return split.active();
    }
    if (caller == null) {
      return BY_CHANCE;
    }
    int side = shares.of(caller.of(exchange));
    note(exchange, side, "its " + split.stick() + " belongs there, as long as the weights stay");
    return side;
  }

  private int forced(ForcedSide rule, Exchange exchange) {
    int side = rule.side(exchange);
    Expression when = rule.when();
    if (side < 0 || when == null) {
      if (side >= 0) {
        note(exchange, side, "its " + rule.by() + " says so");
      }
      return side;
    }
    try {
      if (when.test(exchange, loop)) {
        note(exchange, side, "its " + rule.by() + " says so");
        return side;
      }
      exchange.note(Stage.FORWARD, "its " + rule.by() + " names a side, but not: " + when.source());
    } catch (Expression.Undecided e) {
      // Who may not be a tester is none.
      exchange.note(
          Stage.FORWARD,
          "its " + rule.by() + " names a side, but this cannot be evaluated: " + when.source());
    }
    return BY_CHANCE;
  }

  private void note(Exchange exchange, int side, String why) {
    if (exchange.explained()) {
      exchange.note(Stage.FORWARD, "side " + split.sides().get(side).sideName() + ": " + why);
    }
  }
}
