package dev.headgate.telemetry;

import java.util.List;

/** What a scrape asks of the running node; called on the scrape's thread. */
public interface NodeFacts {
  /** The version of the program. */
  String version();

  /** The number of the revision that serves. */
  long revision();

  /** The certificates in use. */
  List<Certificate> certificates();

  /**
   * A certificate that a listener shows.
   *
   * @param file the chain's path, as configured
   * @param expiresMillis when it expires, in milliseconds since 1970
   */
  record Certificate(String listener, String file, long expiresMillis) {}
}
