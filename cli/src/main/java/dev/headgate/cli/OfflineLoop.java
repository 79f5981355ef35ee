package dev.headgate.cli;

import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Offload;
import dev.headgate.exchange.Stores;
import dev.headgate.exchange.TimerWheel;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A loop without a network: what policies ask others is answered from files that the user gave, and
 * what they leave for later is done when {@link #runUntil} is called. Time passes there in leaps:
 * whoever waits for a moment sees it come, and nobody has to sit through it.
 */
final class OfflineLoop implements Loop {
  private final Clock clock;
  private final Map<URI, Callouts.Answer.Answered> facts;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<URI> unanswered = new ArrayList<>();
  private final TimerWheel timers;

  /** The nanoseconds that were leapt over. */
  private long leapt;

  /**
   * @param facts what asking these URLs would bring
   */
  OfflineLoop(Clock clock, Map<URI, Callouts.Answer.Answered> facts) {
    this.clock = clock;
    this.facts = facts;
    this.timers = new TimerWheel(nanos());
  }

  /**
   * Does all that was left for later, and then lets time pass until what is waited for has come.
   *
   * @param patienceNanos how long it is waited for at most
   */
  void runUntil(BooleanSupplier come, long patienceNanos) {
    long until = nanos() + patienceNanos;
    runTasks();
    while (!come.getAsBoolean() && nanos() < until) {
      leapt += TimerWheel.TICK;
      timers.advance(nanos());
      runTasks();
    }
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** What was asked for and is not among the facts. */
  List<URI> unanswered() {
    return unanswered;
  }

  @Override
  public long nanos() {
    return System.nanoTime() + leapt;
  }

  @Override
  public long wallMillis() {
    return clock.millis() + TimeUnit.NANOSECONDS.toMillis(leapt);
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
  public Callouts callouts() {
    return (callout, listener) -> {
      Callouts.Answer known = facts.get(callout.url());
      if (known == null) {
        unanswered.add(callout.url());
      }
      Callouts.Answer answer =
          known == null ? new Callouts.Answer.Failed("there is no network here") : known;
      tasks.add(() -> listener.answered(answer));
    };
  }

  @Override
  public Stores stores() {
    return Stores.NONE;
  }

  @Override
  public Offload offload() {
    return new Offload() {
      @Override
      public <T> boolean run(Callable<T> work, Listener<T> listener) {
        tasks.add(() -> Offload.attempt(work, listener).run());
        return true;
      }
    };
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }
}
