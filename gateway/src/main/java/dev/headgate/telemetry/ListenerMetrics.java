package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;

/** One loop's counters for one listener; to be asked for once and kept. */
@LoopConfined
public final class ListenerMetrics {
  static final int ACCEPTED = 0;
  static final int CLOSED = 1;
  static final int HANDSHAKES = 2;
  static final int CELLS = 3;

  private final String listener;
  private final Cells cells;
  private final LoopFamily refused;
  private final LoopFamily handshakeErrors;

  ListenerMetrics(String listener, Cells cells, LoopFamily refused, LoopFamily handshakeErrors) {
    this.listener = listener;
    this.cells = cells;
    this.refused = refused;
    this.handshakeErrors = handshakeErrors;
  }

  /** A connection was accepted and is open. */
  public void connectionOpened() {
    cells.add(ACCEPTED, 1);
  }

  /** A connection that was counted as opened is closed. */
  public void connectionClosed() {
    cells.add(CLOSED, 1);
  }

  /**
   * A connection was turned away before anything was read from it; it is not counted as opened.
   *
   * @param reason a stable word, such as {@code connections.limit}
   */
  public void connectionRefused(String reason) {
    refused.cells(listener, reason).add(0, 1);
  }

  /** A TLS handshake was completed. */
  public void handshake() {
    cells.add(HANDSHAKES, 1);
  }

  /**
   * A TLS handshake failed.
   *
   * @param reason a stable word from a fixed set, such as {@code no_common_version}; never text of
   *     the peer's
   */
  public void handshakeFailed(String reason) {
    handshakeErrors.cells(listener, reason).add(0, 1);
  }
}
