package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import java.util.List;

/** One loop's counters for what it asks of a store; to be asked for once and kept. */
@LoopConfined
public final class StoreMetrics {
  /** What came of an operation, as metrics call it; a cell for each. */
  static final List<String> OUTCOMES = List.of("answered", "failed", "skipped");

  private static final int ANSWERED = OUTCOMES.indexOf("answered");
  private static final int FAILED = OUTCOMES.indexOf("failed");
  private static final int SKIPPED = OUTCOMES.indexOf("skipped");
  private static final int AWAY = OUTCOMES.size();
  private static final int BACK = AWAY + 1;
  static final Histogram DURATION = new Histogram(BACK + 1, Buckets.DURATION);
  static final int CELLS = DURATION.end();

  private final Cells cells;

  StoreMetrics(Cells cells) {
    this.cells = cells;
  }

  /**
   * The store answered.
   *
   * @param nanos since it was asked
   */
  public void answered(long nanos) {
    ended(ANSWERED, nanos);
  }

  /** No answer came in time, or an error did. */
  public void failed(long nanos) {
    ended(FAILED, nanos);
  }

  /** The store was not asked, as it did not answer before. */
  public void skipped() {
    cells.add(SKIPPED, 1);
  }

  /** This loop leaves the store alone from now on. */
  public void away() {
    cells.add(AWAY, 1);
  }

  /** This loop asks the store again. */
  public void back() {
    cells.add(BACK, 1);
  }

  private void ended(int outcome, long nanos) {
    cells.add(outcome, 1);
    DURATION.record(cells, LoopRecorder.micros(nanos));
  }

  static long loopsAway(long[] sums) {
    return sums[AWAY] - sums[BACK];
  }
}
