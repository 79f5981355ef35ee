package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;

/** One loop's counters for one upstream; to be asked for once and kept. */
@LoopConfined
public final class UpstreamMetrics {
  static final int CREATED = 0;
  static final int CLOSED = 1;
  static final int FAILED = 2;
  static final int WAITING = 3;
  static final int QUEUED = 4;
  static final int REFUSED_FULL = 5;
  static final int REFUSED_LATE = 6;
  static final int EVER_QUEUED = 7;
  static final Histogram DURATION = new Histogram(8, Buckets.DURATION);
  static final Histogram HEAD_DURATION = new Histogram(DURATION.end(), Buckets.DURATION);
  static final Histogram QUEUE_WAIT = new Histogram(HEAD_DURATION.end(), Buckets.DURATION);
  static final int CELLS = QUEUE_WAIT.end();

  private final Cells cells;

  UpstreamMetrics(Cells cells) {
    this.cells = cells;
  }

  /** A connection was made and is open. */
  public void connectionOpened() {
    cells.add(CREATED, 1);
  }

  /** A connection that was counted as opened is closed. */
  public void connectionClosed() {
    cells.add(CLOSED, 1);
  }

  /** A connection could not be made. */
  public void connectionFailed() {
    cells.add(FAILED, 1);
  }

  /** A request begins to wait for a connection. */
  public void waitingStarted() {
    cells.add(WAITING, 1);
  }

  /** A request no longer waits for a connection, whatever came of it. */
  public void waitingEnded() {
    cells.add(WAITING, -1);
  }

  /** A request begins to wait until the upstream may have one more. */
  public void queued() {
    cells.add(QUEUED, 1);
    cells.add(EVER_QUEUED, 1);
  }

  /** A request no longer waits for that, whatever came of it. */
  public void queueLeft(long nanos) {
    cells.add(QUEUED, -1);
    QUEUE_WAIT.record(cells, LoopRecorder.micros(nanos));
  }

  /** Whether a request ever waited for that. */
  static boolean hasQueued(long[] sums) {
    return sums[EVER_QUEUED] > 0;
  }

  /**
   * A request was turned away, as the upstream has too many.
   *
   * @param late whether it waited for too long, and not too many did so
   */
  public void refused(boolean late) {
    cells.add(late ? REFUSED_LATE : REFUSED_FULL, 1);
  }

  void request(long micros) {
    DURATION.record(cells, micros);
  }

  void responseHead(long micros) {
    HEAD_DURATION.record(cells, micros);
  }
}
