package dev.headgate.telemetry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a scrape asks of the running node; called on the scrape's thread. */
public interface NodeFacts {
  /** The version of the program. */
  String version();

  /** The number of the revision that serves. */
  long revision();

  /** The certificates in use. */
  List<Certificate> certificates();

  /** The ledger; null if there is none. */
  default @Nullable LedgerFacts ledger() {
    return null;
  }

  /**
   * What is known of the ledger.
   *
   * @param up whether the last batch could be written
   * @param failures how often one could not
   * @param lost requests that could not be recorded
   * @param ageMillis how long ago all that was counted was written
   * @param warnings quotas of which little was left
   * @param exhausted quotas of which nothing was left
   */
  record LedgerFacts(
      boolean up, long failures, long lost, long ageMillis, long warnings, long exhausted) {}

  /** The upstreams in use. */
  List<UpstreamFacts> upstreams();

  /**
   * How the endpoints of an upstream stand.
   *
   * @param serving how many are used because they are well
   * @param ejected how many are left out because of what came of their requests
   * @param unhealthy how many are left out because of their checks alone
   * @param panic whether all are used because too few are well
   * @param breaker 0 closed, 1 half open, 2 open; -1 if it has none
   */
  record UpstreamFacts(
      String upstream, int serving, int ejected, int unhealthy, boolean panic, int breaker) {}

  /** The share of the requests that is turned away because more come than the node can take. */
  default double shedding() {
    return 0;
  }

  /** The upstreams whose requests are bound. */
  default List<LimitedUpstream> limitedUpstreams() {
    return List.of();
  }

  /**
   * How many requests an upstream has.
   *
   * @param limit how many it may have now
   */
  record LimitedUpstream(String upstream, int limit, int requests) {}

  /**
   * A certificate that a listener shows.
   *
   * @param file the chain's path, as configured
   * @param expiresMillis when it expires, in milliseconds since 1970
   */
  record Certificate(String listener, String file, long expiresMillis) {}
}
