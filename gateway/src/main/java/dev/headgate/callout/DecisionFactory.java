package dev.headgate.callout;

import dev.headgate.callout.DecisionPolicy.Settings;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import java.util.List;

/**
 * Makes policies that have somebody else decide.
 *
 * @param toUpstream the fields that upstreams believe to be written by it
 */
public record DecisionFactory(DecisionPoint point, Settings settings, List<String> toUpstream)
    implements PolicyFactory {
  @Override
  public Policy create(Loop loop) {
    return new DecisionPolicy(point, settings, loop);
  }

  @Override
  public List<String> identityHeaders() {
    return ChangedFields.guarded(toUpstream);
  }
}
