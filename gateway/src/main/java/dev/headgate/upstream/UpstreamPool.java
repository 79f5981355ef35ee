package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One loop's view of one upstream: its endpoints with their connections, and the choice among them.
 */
@LoopConfined
public final class UpstreamPool {
  private final Connector connector;
  private final Upstream config;
  private final EndpointPool[] endpoints;
  private final int[] credit;
  private final int totalWeight;
  private final PoolLimits limits;
  private final RetryRules retries;
  private boolean retired;

  /**
   * @param loops among how many loops the upstream's bounds are shared out
   */
  public UpstreamPool(Connector connector, Upstream config, int loops, PoolObserver observer) {
    this.connector = connector;
    this.config = config;
    this.limits = PoolLimits.of(config, loops);
    this.retries = new RetryRules(config.retry(), loops, connector.io().loop().nanos());
    List<EndpointPool> pools = new ArrayList<>();
    int total = 0;
    for (Upstream.Endpoint endpoint : config.endpoints()) {
      EndpointAddress address = EndpointAddress.of(endpoint);
      EndpointPool pool =
          new EndpointPool(connector.io().loop(), connector::connect, address, limits, observer);
      connector.watch(pool);
      pools.add(pool);
      total += address.weight();
    }
    this.endpoints = pools.toArray(EndpointPool[]::new);
    this.credit = new int[endpoints.length];
    this.totalWeight = total;
    // Loops begin at different endpoints, so that together they spread the load from the first
    // request on.
    if (endpoints.length > 1) {
      for (int i = ThreadLocalRandom.current().nextInt(endpoints.length); i > 0; i--) {
        roundRobin();
      }
    }
  }

  public long responseNanos() {
    return limits.responseNanos();
  }

  public long idleNanos() {
    return limits.idleNanos();
  }

  /**
   * Finds a connection for a request.
   *
   * @param tried the endpoints that were tried before, not chosen again while there is another;
   *     gets the one that is chosen
   * @return what waits; null where the listener has been called already
   */
  public @Nullable Attempt open(UpstreamListener listener, List<String> tried) {
    EndpointPool chosen = choose(tried);
    tried.add(chosen.endpoint().name());
    return chosen.open(listener);
  }

  /** Which requests are sent once more. */
  public RetryRules retries() {
    return retries;
  }

  private EndpointPool choose(List<String> tried) {
    if (endpoints.length == 1) {
      return endpoints[0];
    }
    EndpointPool chosen = pick();
    for (int i = 0; i < endpoints.length && tried.contains(chosen.endpoint().name()); i++) {
      chosen = endpoints[i];
    }
    return chosen;
  }

  private EndpointPool pick() {
    return switch (config.balance()) {
      case ROUND_ROBIN -> roundRobin();
      case LEAST_REQUEST -> lessBusyOfTwo();
    };
  }

  /**
   * Smooth weighted round robin: each endpoint earns its weight, the richest is chosen and pays the
   * total. Over any stretch each gets its share, and the heavy ones are not served in bursts.
   */
  private EndpointPool roundRobin() {
    int best = 0;
    for (int i = 0; i < endpoints.length; i++) {
      credit[i] += endpoints[i].endpoint().weight();
      if (credit[i] > credit[best]) {
        best = i;
      }
    }
    credit[best] -= totalWeight;
    return endpoints[best];
  }

  /** The power of two choices: nearly as good as looking at all of them, and immune to herding. */
  private EndpointPool lessBusyOfTwo() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = random.nextInt(endpoints.length);
    int second = random.nextInt(endpoints.length - 1);
    second += second >= first ? 1 : 0;
    EndpointPool a = endpoints[first];
    EndpointPool b = endpoints[second];
    long loadOfA = (a.active() + 1L) * b.endpoint().weight();
    long loadOfB = (b.active() + 1L) * a.endpoint().weight();
    return loadOfA <= loadOfB ? a : b;
  }

  /**
   * Hardly any new requests are meant to come: closes what is unused, and the rest as it becomes
   * free. A request that comes all the same is served.
   */
  public void retire() {
    retired = true;
    for (EndpointPool endpoint : endpoints) {
      connector.unwatch(endpoint);
      endpoint.retire();
    }
  }

  public boolean retired() {
    return retired;
  }
}
