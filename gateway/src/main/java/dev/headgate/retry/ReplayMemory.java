package dev.headgate.retry;

import dev.headgate.concurrent.LoopConfined;

/**
 * What one loop may hold of the bodies of requests for further attempts: its share of the node's
 * bound.
 */
@LoopConfined
public final class ReplayMemory {
  private final long bound;
  private long held;

  /**
   * @param bound bytes, of all requests together
   */
  public ReplayMemory(long bound) {
    this.bound = bound;
  }

  boolean take(int bytes) {
    if (held + bytes > bound) {
      return false;
    }
    held += bytes;
    return true;
  }

  void give(int bytes) {
    held -= bytes;
  }

  /** How many bytes are held. */
  public long held() {
    return held;
  }
}
