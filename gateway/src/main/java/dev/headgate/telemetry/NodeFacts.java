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

  /**
   * A certificate that a listener shows.
   *
   * @param file the chain's path, as configured
   * @param expiresMillis when it expires, in milliseconds since 1970
   */
  record Certificate(String listener, String file, long expiresMillis) {}
}
