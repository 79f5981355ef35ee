package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens unless it is moved or called off in time.
 *
 * <p>Most deadlines are moved on every read and never fall due, so moving one must cost nothing:
 * {@link Loop#arm} writes the new time here, and the loop looks at it when the time set first comes
 * round. Accurate to about 100 ms, never early.
 */
@LoopConfined
public abstract class Deadline {
  public static final long NEVER = Long.MAX_VALUE;

  private long dueNanos = NEVER;
  private boolean queued;
  private @Nullable Deadline next;

  /** Called on the loop when the deadline has passed; it is no longer armed then. */
  protected abstract void expired();

  /** Calls it off. */
  public final void disarm() {
    dueNanos = NEVER;
  }

  public final boolean armed() {
    return dueNanos != NEVER;
  }

  // The rest is for the loop's timer.

  public final long dueNanos() {
    return dueNanos;
  }

  public final void dueNanos(long nanos) {
    dueNanos = nanos;
  }

  public final boolean queued() {
    return queued;
  }

  public final void queued(boolean value) {
    queued = value;
  }

  public final @Nullable Deadline next() {
    return next;
  }

  public final void next(@Nullable Deadline deadline) {
    next = deadline;
  }

  /** Calls {@link #expired}. */
  public final void fire() {
    dueNanos = NEVER;
    expired();
  }
}
