package dev.headgate.policy.priority;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Priority;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import org.jspecify.annotations.Nullable;

/** Turns callers away by the priority of the consumer that they are. */
@LoopConfined
final class PriorityPolicy implements Policy {
  private final Priority route;
  private final Loop loop;

  PriorityPolicy(Priority route, Loop loop) {
    this.route = route;
    this.loop = loop;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Identity identity = exchange.identity();
    Priority own =
        identity == null || identity.consumer() == null
            ? null
            : identity.consumer().config().priority();
    Priority priority = own == null ? route : own;
    note(exchange, own);
    long start = exchange.startNanos();
    boolean sheds = loop.shedding().active(start) && loop.shedding().sheds(priority, start);
    return sheds ? Decision.fail(Failure.shed(Stage.LIMIT, priority)) : Decision.CONTINUE;
  }

  private void note(Exchange exchange, @Nullable Priority own) {
    if (exchange.explained()) {
      String whose = own == null ? "the route's" : "the consumer's";
      exchange.note(Stage.LIMIT, "priority " + (own == null ? route : own).word() + ", " + whose);
    }
  }
}
