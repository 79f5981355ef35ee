package dev.headgate.exchange;

import dev.headgate.testkit.ManualClock;
import java.time.Duration;

/** A loop whose thread is the test and whose time only the test moves. */
public final class ManualLoop implements Loop {
  public final ManualClock clock = new ManualClock();
  private final TimerWheel timers;

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

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }
}
