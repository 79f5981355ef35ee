package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.Mode;
import dev.headgate.config.Priority;
import dev.headgate.config.Route;
import dev.headgate.exchange.Stage;
import dev.headgate.policy.priority.PriorityFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prepares what the priorities of consumers mean for routes: a policy that nobody writes, on those
 * that find out who calls. Where no consumer has a priority there is none.
 */
final class PriorityCompiler {
  static final String KIND = "priority";

  private final @Nullable Priority highest;
  private final Map<Priority, CompiledPolicy> policies = new EnumMap<>(Priority.class);

  PriorityCompiler(Config config) {
    Priority found = null;
    for (Consumer consumer : config.consumers().values()) {
      Priority own = consumer.priority();
      if (own != null) {
        found = found == null ? own : found.or(own);
      }
    }
    highest = found;
    for (Priority priority : Priority.values()) {
      policies.put(priority, policy(priority));
    }
  }

  private static CompiledPolicy policy(Priority priority) {
    return new CompiledPolicy(
        KIND,
        KIND,
        Stage.LIMIT,
        Mode.ENFORCE,
        List.of(),
        false,
        false,
        Map.of(),
        Set.of(),
        new PriorityFactory(priority));
  }

  /** That of a route; null if it needs none. */
  @Nullable CompiledPolicy of(Route route) {
    return highest == null || route.isPublic() ? null : policies.get(route.priority());
  }

  /** The highest priority that a request of the route can turn out to have. */
  Priority highest(Route route) {
    return highest == null || route.isPublic() ? route.priority() : route.priority().or(highest);
  }

  /** Whether a route that was compiled before has what it would get now. */
  boolean isCurrent(CompiledRoute was, Route route) {
    CompiledPolicy has = null;
    for (int i = 0; i < was.policies().size(); i++) {
      if (was.policies().at(i).kind().equals(KIND)) {
        has = was.policies().at(i);
      }
    }
    return Objects.equals(has, of(route)) && was.highestPriority() == highest(route);
  }
}
