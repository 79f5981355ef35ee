package dev.headgate.snapshot;

import dev.headgate.balance.HashRing;
import dev.headgate.config.Upstream;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.route.RedirectTarget;
import dev.headgate.split.Split;
import dev.headgate.tls.UpstreamTls;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a route does with a request in the end. */
public sealed interface Action {

  /** Sends it to one of these upstreams. */
  final class Forward implements Action {
    private final List<NamedUpstream> targets;
    private final int[] upTo;
    private final @Nullable Split split;
    private final @Nullable Fallback fallback;

    /**
     * @param weights the share of each target; their sum is more than 0
     * @param split null if chance alone shares requests out
     * @param fallback null if failures are what they are
     */
    public Forward(
        List<NamedUpstream> targets,
        List<Integer> weights,
        @Nullable Split split,
        @Nullable Fallback fallback) {
      this.split = split;
      this.fallback = fallback;
      this.targets = List.copyOf(targets);
      this.upTo = new int[targets.size()];
      int sum = 0;
      for (int i = 0; i < upTo.length; i++) {
        sum += weights.get(i);
        upTo[i] = sum;
      }
    }

    public List<NamedUpstream> targets() {
      return targets;
    }

    /** What says which side a request belongs to; null if chance alone does. */
    public @Nullable Split split() {
      return split;
    }

    /** What answers when the upstream does not; null if nothing does. */
    public @Nullable Fallback fallback() {
      return fallback;
    }

    /** Chooses by weight. */
    public NamedUpstream choose(RandomGenerator random) {
      if (upTo.length == 1) {
        return targets.getFirst();
      }
      int point = random.nextInt(upTo[upTo.length - 1]);
      int i = 0;
      while (point >= upTo[i]) {
        i++;
      }
      return targets.get(i);
    }
  }

  /**
   * An upstream with its name, and its TLS if an endpoint speaks it. Loops keep their pools by it,
   * so that two revisions in which an upstream is the same share its connections, and what is known
   * of its health. With the ring by which it chooses, if it does.
   */
  record NamedUpstream(
      String name,
      Upstream config,
      @Nullable UpstreamTls tls,
      UpstreamHealth health,
      @Nullable HashRing ring) {
    /** Of the name alone, for it is asked for with every request. */
    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  /** Answers with a redirect; where to is made from the request. */
  record Redirect(int status, RedirectTarget to) implements Action {}

  /** Answers with fixed content. */
  record Respond(int status, HeaderEdits headers, byte[] body) implements Action {}
}
