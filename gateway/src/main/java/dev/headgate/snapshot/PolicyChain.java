package dev.headgate.snapshot;

import dev.headgate.config.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The policies of a route in the order in which they are asked: by stage, and within a stage as
 * they are written. Immutable.
 */
public final class PolicyChain {
  /** The most policies that one route can have. */
  public static final int MOST = 60;

  public static final PolicyChain NONE = new PolicyChain(List.of());

  private final CompiledPolicy[] policies;
  private final boolean answersPreflights;
  private final boolean asksForPriority;

  private PolicyChain(List<CompiledPolicy> policies) {
    this.policies = policies.toArray(CompiledPolicy[]::new);
    this.answersPreflights =
        policies.stream().anyMatch(policy -> policy.factory().answersPreflights());
    this.asksForPriority =
        policies.stream().anyMatch(policy -> policy.kind().equals(PriorityCompiler.KIND));
  }

  /** Policies that are off are left out. */
  static PolicyChain of(List<CompiledPolicy> policies) {
    List<CompiledPolicy> asked = new ArrayList<>();
    for (CompiledPolicy policy : policies) {
      if (policy.mode() != Mode.OFF) {
        asked.add(policy);
      }
    }
    if (asked.isEmpty()) {
      return NONE;
    }
    asked.sort(Comparator.comparing(CompiledPolicy::stage)); // stable
    return new PolicyChain(asked);
  }

  /** Whether who calls may change the priority of a request. */
  public boolean asksForPriority() {
    return asksForPriority;
  }

  /** Whether one of them answers CORS preflights. */
  public boolean answersPreflights() {
    return answersPreflights;
  }

  public int size() {
    return policies.length;
  }

  public CompiledPolicy at(int position) {
    return policies[position];
  }
}
