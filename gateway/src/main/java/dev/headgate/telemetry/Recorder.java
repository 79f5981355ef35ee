package dev.headgate.telemetry;

import dev.headgate.exchange.Exchange;

/**
 * One loop's hand to telemetry: metrics are counted and log lines formed here, without a lock and
 * without waiting.
 */
public interface Recorder {
  /** A request begins. */
  void requestStarted();

  /** A request has ended, answered or not: its metrics and its line in the access log. */
  void record(Exchange exchange);
}
