package dev.headgate.overload;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request in the line for a place. It gets one or leaves; which of the two comes first is decided
 * by one compare-and-set.
 */
@Shared
public final class Queued {
  private final RequestLimit limit;
  private final Executor loop;
  private final Runnable granted;
  private final AtomicBoolean decided = new AtomicBoolean();

  Queued(RequestLimit limit, Executor loop, Runnable granted) {
    this.limit = limit;
    this.loop = loop;
    this.granted = granted;
  }

  /**
   * Waits no longer.
   *
   * @return false if it was given a place just now: that is told later, and has to be given back
   */
  public boolean leave() {
    boolean first = decided.compareAndSet(false, true);
    if (first) {
      limit.left(this, true);
    }
    return first;
  }

  /** Gets a place that was taken for it; false if it wants none any more. */
  boolean grant() {
    if (!decided.compareAndSet(false, true)) {
      return false;
    }
    limit.left(this, false);
    try {
      loop.execute(granted);
      return true;
    } catch (RejectedExecutionException e) {
      return false; // The loop has ended, and the request with it.
    }
  }
}
