package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** The policies of one loop: an instance for each that has been asked for there. */
@LoopConfined
public final class LoopPolicies {
  private final Loop loop;
  private final Map<PolicyFactory, Policy> instances = new IdentityHashMap<>();

  public LoopPolicies(Loop loop) {
    this.loop = loop;
  }

  public Loop loop() {
    return loop;
  }

  /** This loop's instance, made at its first use. */
  public Policy of(PolicyFactory factory) {
    Policy known = instances.get(factory);
    if (known == null) {
      known = factory.create(loop);
      instances.put(factory, known);
    }
    return known;
  }

  /** Lets go of all but these. */
  public void retain(Set<PolicyFactory> used) {
    instances
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !used.contains(entry.getKey());
          if (gone) {
            entry.getValue().close();
          }
          return gone;
        });
  }
}
