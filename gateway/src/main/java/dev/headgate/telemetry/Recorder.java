package dev.headgate.telemetry;

import dev.headgate.exchange.Exchange;

/**
 * One loop's hand to telemetry: metrics are counted and log lines formed here, without a lock and
 * without waiting. Loop-confined.
 */
public interface Recorder {
  /** A request begins. Each one that began must end with {@link #record}. */
  void requestStarted();

  /**
   * Gives the request its ids: finds the trace that the caller is in or begins one, and puts the
   * gateway into it, in the request's headers and in the exchange. To be called once, after the
   * hop-by-hop fields are removed.
   *
   * @param trusted whether the peer is a trusted proxy, so that the request id it gave is kept
   */
  void identify(Exchange exchange, boolean trusted);

  /**
   * Something else stands in for the upstream of a request.
   *
   * @param after a word of the route's {@code fallback.on}
   * @param elsewhere whether it is another upstream, which counts for itself from now on
   */
  void fellBack(Exchange exchange, String after, boolean elsewhere);

  /** A request has ended, answered or not: its metrics and its line in the access log. */
  void record(Exchange exchange);
}
