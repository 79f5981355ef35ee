package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one loop, in a wheel of slots that each stand for one tick of time.
 *
 * <p>A gateway moves a deadline with every read and almost none ever falls due. So a move to a
 * later time only writes that time into the deadline and leaves it in its slot; when the wheel
 * comes to that slot, it looks at the time and puts the deadline where it belongs now. Only a move
 * to an earlier tick takes it out and puts it in again, both in constant time, as slots are doubly
 * linked lists through the deadlines themselves. What is due beyond one turn of the wheel waits in
 * the last slot and is looked at again there.
 */
@LoopConfined
public final class TimerWheel {
  /** The length of a tick in nanoseconds. */
  public static final long TICK = 100_000_000L;

  private static final int SLOTS = 1024;

  private final @Nullable Deadline[] slots = new Deadline[SLOTS];
  private final long origin;

  /** The last tick of which the slot has been emptied. */
  private long tick;

  /**
   * @param nanos the monotonic time now
   */
  public TimerWheel(long nanos) {
    origin = nanos;
  }

  /** Sets when a deadline is due. */
  public void arm(Deadline deadline, long dueNanos) {
    deadline.due = dueNanos;
    if (deadline.slot < 0) {
      insert(deadline);
    } else if (tickOf(dueNanos) < deadline.slotTick) {
      unlink(deadline);
      insert(deadline);
    }
  }

  /** Calls a deadline off and forgets it. */
  public void cancel(Deadline deadline) {
    deadline.due = Deadline.NEVER;
    if (deadline.slot >= 0) {
      unlink(deadline);
    }
  }

  /** Lets everything that is due by now expire; to be called about once a tick. */
  public void advance(long nanos) {
    long target = (nanos - origin) / TICK;
    // After a long pause one turn of the wheel passes every slot.
    tick = Math.max(tick, target - SLOTS);
    while (tick < target) {
      tick++;
      int slot = (int) (tick % SLOTS);
      // Always the first: one that expires may cancel or arm others, in this slot too.
      for (Deadline deadline = slots[slot]; deadline != null; deadline = slots[slot]) {
        unlink(deadline);
        if (deadline.due <= nanos) {
          deadline.due = Deadline.NEVER;
          deadline.expired();
        } else if (deadline.armed()) {
          insert(deadline);
        }
      }
    }
  }

  /** The tick in which something due then can be let go: rounded up, so that nothing is early. */
  private long tickOf(long dueNanos) {
    return (dueNanos - origin + TICK - 1) / TICK;
  }

  private void insert(Deadline deadline) {
    long at = Math.min(Math.max(tickOf(deadline.due), tick + 1), tick + SLOTS - 1);
    int slot = (int) (at % SLOTS);
    Deadline first = slots[slot];
    deadline.slot = slot;
    deadline.slotTick = at;
    deadline.previous = null;
    deadline.next = first;
    if (first != null) {
      first.previous = deadline;
    }
    slots[slot] = deadline;
  }

  private void unlink(Deadline deadline) {
    Deadline previous = deadline.previous;
    Deadline next = deadline.next;
    if (previous == null) {
      slots[deadline.slot] = next;
    } else {
      previous.next = next;
    }
    if (next != null) {
      next.previous = previous;
    }
    deadline.slot = -1;
    deadline.previous = null;
    deadline.next = null;
  }
}
