package dev.headgate;

import dev.headgate.concurrent.Shared;
import dev.headgate.health.CircuitBreaker;
import dev.headgate.health.Standing;
import dev.headgate.overload.RequestLimit;
import dev.headgate.snapshot.Action;
import dev.headgate.telemetry.NodeFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scrape wants to know of a gateway, which exists a moment after its telemetry. One volatile
 * field, set once.
 */
@Shared
final class GatewayFacts implements NodeFacts {
  private final String version;
  private volatile @Nullable Gateway gateway;

  GatewayFacts(String version) {
    this.version = version;
  }

  void of(Gateway running) {
    gateway = running;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public long revision() {
    Gateway known = gateway;
    return known == null ? 0 : known.snapshot().revision();
  }

  @Override
  public @Nullable LedgerFacts ledger() {
    Gateway known = gateway;
    return known == null ? null : known.ledgerFacts();
  }

  @Override
  public List<UpstreamFacts> upstreams() {
    Gateway known = gateway;
    return known == null
        ? List.of()
        : known.snapshot().upstreams().stream().map(GatewayFacts::of).toList();
  }

  private static UpstreamFacts of(Action.NamedUpstream upstream) {
    Standing standing = upstream.health().standing();
    CircuitBreaker breaker = upstream.health().breaker();
    int out = standing.ejected() + standing.unhealthy();
    return new UpstreamFacts(
        upstream.name(),
        standing.endpoints().size() - out,
        standing.ejected(),
        standing.unhealthy(),
        standing.panic(),
        breaker == null ? -1 : breaker.phase().ordinal());
  }

  @Override
  public double shedding() {
    Gateway known = gateway;
    return known == null ? 0 : known.load().share();
  }

  @Override
  public List<LimitedUpstream> limitedUpstreams() {
    Gateway known = gateway;
    List<LimitedUpstream> limited = new ArrayList<>();
    if (known != null) {
      for (Action.NamedUpstream upstream : known.snapshot().upstreams()) {
        RequestLimit limit = upstream.health().requests();
        if (limit != null) {
          limited.add(new LimitedUpstream(upstream.name(), limit.limit(), limit.taken()));
        }
      }
    }
    return limited;
  }

  @Override
  public List<Certificate> certificates() {
    Gateway known = gateway;
    return known == null ? List.of() : known.certificates();
  }
}
