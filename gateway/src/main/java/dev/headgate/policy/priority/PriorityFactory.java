package dev.headgate.policy.priority;

import dev.headgate.config.Priority;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;

/**
 * Makes the policy for routes of one priority.
 *
 * @param route the priority of callers who have none of their own
 */
public record PriorityFactory(Priority route) implements PolicyFactory {
  @Override
  public Policy create(Loop loop) {
    return new PriorityPolicy(route, loop);
  }
}
