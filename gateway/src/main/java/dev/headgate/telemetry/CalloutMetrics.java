package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import java.util.List;

/** One loop's counters for the requests that a policy makes; to be asked for once and kept. */
@LoopConfined
public final class CalloutMetrics {
  /** How a request ended, as metrics call it; a cell for each. */
  static final List<String> OUTCOMES = List.of("2xx", "3xx", "4xx", "5xx", "other", "failed");

  private static final int OTHER = OUTCOMES.indexOf("other");
  private static final int FAILED = OUTCOMES.indexOf("failed");
  static final int STARTED = OUTCOMES.size();
  static final Histogram DURATION = new Histogram(STARTED + 1, Buckets.DURATION);
  static final int CELLS = DURATION.end();

  private final Cells cells;

  CalloutMetrics(Cells cells) {
    this.cells = cells;
  }

  /** A request is about to be sent. */
  public void started() {
    cells.add(STARTED, 1);
  }

  /**
   * A whole answer came.
   *
   * @param nanos since it was started
   */
  public void answered(int status, long nanos) {
    int hundreds = status / 100;
    ended(hundreds >= 2 && hundreds <= 5 ? hundreds - 2 : OTHER, nanos);
  }

  /** No answer came, or none that was whole in time. */
  public void failed(long nanos) {
    ended(FAILED, nanos);
  }

  private void ended(int outcome, long nanos) {
    cells.add(outcome, 1);
    DURATION.record(cells, LoopRecorder.micros(nanos));
  }

  static long inFlight(long[] sums) {
    long ended = 0;
    for (int outcome = 0; outcome < STARTED; outcome++) {
      ended += sums[outcome];
    }
    return Math.max(0, sums[STARTED] - ended);
  }
}
