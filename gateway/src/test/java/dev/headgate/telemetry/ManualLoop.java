package dev.headgate.telemetry;

import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import dev.headgate.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A loop whose thread is the test and whose time only the test moves. */
final class ManualLoop implements Loop {
  final ManualClock clock = new ManualClock();
  private final List<Deadline> armed = new ArrayList<>();

  ManualLoop() {
    clock.advance(Duration.ofHours(1)); // Zero stands for "did not happen".
  }

  void advance(Duration time) {
    clock.advance(time);
    for (Deadline deadline : List.copyOf(armed)) {
      if (deadline.dueNanos() <= nanos()) {
        armed.remove(deadline);
        deadline.fire();
      }
    }
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
    deadline.dueNanos(nanos() + delayNanos);
    if (!armed.contains(deadline)) {
      armed.add(deadline);
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
