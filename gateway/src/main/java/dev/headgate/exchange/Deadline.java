package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens unless it is moved or called off in time; see {@link Loop#arm}. Accurate
 * to about 100 ms, never early.
 */
@LoopConfined
public abstract class Deadline {
  static final long NEVER = Long.MAX_VALUE;

  // For TimerWheel: when it is due, and the slot it waits in (-1 for none) with its neighbours
  // there.
  long due = NEVER;
  int slot = -1;
  long slotTick;
  @Nullable Deadline previous;
  @Nullable Deadline next;

  /** Called on the loop when the deadline has passed; it is no longer armed then. */
  protected abstract void expired();

  /** Calls it off. */
  public final void disarm() {
    due = NEVER;
  }

  public final boolean armed() {
    return due != NEVER;
  }
}
