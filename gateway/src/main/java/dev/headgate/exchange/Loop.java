package dev.headgate.exchange;

import dev.headgate.overload.Shedding;
import java.util.concurrent.Executor;

/**
 * What one event loop offers to the requests that live on it: time, timers, and ways to have
 * something done elsewhere. Only its own thread may call, but for {@link #execute}.
 */
public interface Loop extends Executor {
  /** Monotonic time in nanoseconds, for durations and limits. */
  long nanos();

  /** Wall-clock time in milliseconds since 1970, for dates. */
  long wallMillis();

  /**
   * Sets when a deadline falls due, instead of what was set before. Cheap enough for every read.
   */
  void arm(Deadline deadline, long delayNanos);

  /**
   * Calls a deadline off and forgets it. {@link Deadline#disarm} is cheaper and enough for what
   * lives as long as its connection; what belongs to one request must not be kept until its time
   * comes round.
   */
  void cancel(Deadline deadline);

  /**
   * Runs a task later, and not later than it is due, as far as the machine allows: deadlines come
   * round in ticks. Dearer than those, and not to be called off; for pauses that somebody waits
   * for.
   */
  default void schedule(Runnable task, long delayNanos) {
    arm(
        new Deadline() {
          @Override
          protected void expired() {
            task.run();
          }
        },
        delayNanos);
  }

  /** Requests to others. */
  Callouts callouts();

  /** What is shared with other nodes. */
  Stores stores();

  /**
   * What counts for a limit; to be asked for once and kept.
   *
   * @param limit the name that operators know it by
   */
  default LimitMeter limitMeter(String limit) {
    return LimitMeter.NONE;
  }

  /** Who is turned away because more comes than this loop can do. */
  default Shedding shedding() {
    return Shedding.NONE;
  }

  /** Work that would hold up the loop. */
  Offload offload();

  /** Whether the caller is on this loop's thread. */
  boolean inLoop();

  /** Runs a task on this loop; from any thread. */
  @Override
  void execute(Runnable task);
}
