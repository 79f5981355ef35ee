package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import org.jspecify.annotations.Nullable;

/** One loop's counters for one route. */
@LoopConfined
final class RouteMetrics {
  /**
   * The words for a status by its first digit; the first is for requests that never got an answer.
   */
  static final String[] STATUS_CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  /** Who failed; the first is for nobody. */
  static final String[] FAILED_BY = {"none", "client", "gateway", "upstream"};

  static final Histogram DURATION =
      new Histogram(STATUS_CLASSES.length * FAILED_BY.length, Buckets.DURATION);
  static final Histogram OWN_DURATION = new Histogram(DURATION.end(), Buckets.OWN_DURATION);
  static final Histogram REQUEST_SIZE = new Histogram(OWN_DURATION.end(), Buckets.SIZE);
  static final Histogram RESPONSE_SIZE = new Histogram(REQUEST_SIZE.end(), Buckets.SIZE);
  static final int CELLS = RESPONSE_SIZE.end();

  private final Family.Series series;
  private final Cells cells;
  private final @Nullable RouteMetrics overflow;
  private int admitted;

  /**
   * @param overflow where status classes beyond the cap are counted; null for that one itself
   */
  RouteMetrics(Family.Series series, @Nullable RouteMetrics overflow) {
    this.series = series;
    this.cells = series.newPart();
    this.overflow = overflow;
  }

  /** Counts a request that has ended. */
  void record(Exchange exchange, long totalMicros, long upstreamMicros) {
    countRequest(requestCell(exchange.status(), exchange.failure()));
    DURATION.record(cells, totalMicros);
    OWN_DURATION.record(cells, totalMicros - upstreamMicros);
    REQUEST_SIZE.record(cells, exchange.requestBytes());
    RESPONSE_SIZE.record(cells, exchange.responseBytes());
  }

  private void countRequest(int cell) {
    int bit = 1 << cell;
    if ((admitted & bit) == 0 && overflow != null) {
      if (!series.admit(bit)) {
        overflow.cells.add(cell, 1);
        return;
      }
      admitted |= bit;
    }
    cells.add(cell, 1);
  }

  private static int requestCell(int status, @Nullable Failure failure) {
    int statusClass = status < 100 || status > 599 ? 0 : status / 100;
    return statusClass * FAILED_BY.length + failedBy(failure);
  }

  private static int failedBy(@Nullable Failure failure) {
    if (failure == null) {
      return 0;
    }
    return switch (failure.source()) {
      case CLIENT -> 1;
      case GATEWAY -> 2;
      case UPSTREAM -> 3;
    };
  }
}
