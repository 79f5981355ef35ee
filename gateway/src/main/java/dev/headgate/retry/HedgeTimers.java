package dev.headgate.retry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one loop to one upstream that are sent a second time unless they are answered by
 * then. They wait in the order in which they came, as each waits about as long as the one before
 * it, and only the first has a timer: a request costs no more than a place in a row. One that comes
 * round earlier than those before it, since others have become faster, waits for them.
 */
@LoopConfined
public final class HedgeTimers {
  private final Loop loop;
  private final HedgeDelay delay;
  private final ArrayDeque<Waiting> row = new ArrayDeque<>();
  private boolean scheduled;

  public HedgeTimers(Loop loop, HedgeDelay delay) {
    this.loop = loop;
    this.delay = delay;
  }

  /** How long they wait. */
  public HedgeDelay delay() {
    return delay;
  }

  /** A request that waits. */
  public static final class Waiting {
    private final long due;
    private @Nullable Runnable task;

    private Waiting(long due, Runnable task) {
      this.due = due;
      this.task = task;
    }

    /** It is not to be sent a second time; nothing of it is kept. */
    public void cancel() {
      task = null;
    }
  }

  /**
   * Runs a task when an answer is late, unless that is called off.
   *
   * @return null as long as nobody can say what is late; then it does not run
   */
  public @Nullable Waiting later(Runnable task) {
    long nanos = delay.nanos();
    if (nanos == HedgeDelay.UNKNOWN) {
      return null;
    }
    Waiting waiting = new Waiting(loop.nanos() + nanos, task);
    while (!row.isEmpty() && row.peekFirst().task == null) {
      row.pollFirst();
    }
    row.addLast(waiting);
    scheduleFirst();
    return waiting;
  }

  private void scheduleFirst() {
    Waiting first = row.peekFirst();
    if (!scheduled && first != null) {
      scheduled = true;
      loop.schedule(this::round, Math.max(0, first.due - loop.nanos()));
    }
  }

  private void round() {
    scheduled = false;
    long now = loop.nanos();
    for (Waiting first = row.peekFirst(); first != null; first = row.peekFirst()) {
      Runnable task = first.task;
      if (task != null && first.due - now > 0) {
        break;
      }
      row.pollFirst();
      first.cancel();
      if (task != null) {
        task.run();
      }
    }
    scheduleFirst();
  }

  /** How many places there are in the row, those of answered requests included. */
  int size() {
    return row.size();
  }
}
