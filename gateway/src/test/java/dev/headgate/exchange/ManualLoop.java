package dev.headgate.exchange;

import dev.headgate.overload.Shedding;
import dev.headgate.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;

/** A loop whose thread is the test and whose time only the test moves. */
public final class ManualLoop implements Loop {
  public final ManualClock clock = new ManualClock();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private Callouts callouts =
      (callout, listener) -> {
        throw new AssertionError("nobody answers " + callout.url());
      };
  private final TimerWheel timers;
  private boolean overloaded;

  public ManualLoop() {
    clock.advance(Duration.ofHours(1)); // Zero stands for "did not happen".
    timers = new TimerWheel(nanos());
  }

  public void advance(Duration time) {
    clock.advance(time);
    timers.advance(nanos() + TimerWheel.TICK);
  }

  @Override
  public long nanos() {
    return clock.nanoTime();
  }

  @Override
  public long wallMillis() {
    return clock.millis();
  }

  @Override
  public void arm(Deadline deadline, long delayNanos) {
    timers.arm(deadline, nanos() + delayNanos);
  }

  @Override
  public void cancel(Deadline deadline) {
    timers.cancel(deadline);
  }

  /** Answers what is asked of others; none is asked unless a test says by whom. */
  public void callouts(Callouts answering) {
    callouts = answering;
  }

  @Override
  public Callouts callouts() {
    return callouts;
  }

  private Shedding shedding = Shedding.NONE;

  /** Turns requests away; nobody does unless a test says so. */
  public void shedding(Shedding by) {
    shedding = by;
  }

  @Override
  public Shedding shedding() {
    return shedding;
  }

  private Stores stores = Stores.NONE;

  /** Answers what is asked of stores; none is there unless a test says so. */
  public void stores(Stores answering) {
    stores = answering;
  }

  @Override
  public Stores stores() {
    return stores;
  }

  /** From now on too much waits for other threads already, or no more. */
  public void overloaded(boolean full) {
    overloaded = full;
  }

  /** What is left to other threads, to be done by {@link #runTasks}. */
  @Override
  public Offload offload() {
    return new Offload() {
      @Override
      public <T> boolean run(Callable<T> work, Listener<T> listener) {
        if (overloaded) {
          return false;
        }
        tasks.add(() -> Offload.attempt(work, listener).run());
        return true;
      }
    };
  }

  /** Does what was left for later. */
  public void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }
}
