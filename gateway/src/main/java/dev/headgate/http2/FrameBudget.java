package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import java.time.Duration;

/**
 * How many frames that carry nothing a peer may send.
 *
 * <p>PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA and unknown frames cost work and may all
 * be sent without end. An honest peer sends them along with requests and data: so each frame that
 * carries something earns a few of the others, and only a peer that goes over the limit beyond
 * that, within a window of time, is a flood.
 */
@LoopConfined
public final class FrameBudget {
  /** The length of a window. */
  public static final Duration WINDOW = Duration.ofSeconds(30);

  /**
   * A connection that has carried much may not save up for a flood: at most this many times the
   * limit.
   */
  private static final int SAVINGS = 4;

  private static final int EARNED = 4;

  /** A client with a small window answers each of the small frames that fit into it. */
  private static final int SMALL_FRAME = 4096;

  private final int limit;
  private int earned;
  private int spent;
  private long windowEnd;

  /**
   * @param limit frames in a window that nothing was done for
   * @param nanos the monotonic time now
   */
  public FrameBudget(int limit, long nanos) {
    this.limit = limit;
    this.windowEnd = nanos + WINDOW.toNanos();
  }

  /** A frame that carries something was received, or a head sent. */
  public void earn() {
    earn(0);
  }

  /** That many bytes of a body were sent. */
  public void earn(int bytes) {
    earned = Math.min(limit * SAVINGS, earned + EARNED * (1 + bytes / SMALL_FRAME));
  }

  /**
   * A frame that carries nothing was received.
   *
   * @return whether that is still within bounds
   */
  public boolean spend(long nanos) {
    if (nanos - windowEnd >= 0) {
      windowEnd = nanos + WINDOW.toNanos();
      spent = 0;
    }
    if (earned > 0) {
      earned--;
      return true;
    }
    return ++spent <= limit;
  }
}
