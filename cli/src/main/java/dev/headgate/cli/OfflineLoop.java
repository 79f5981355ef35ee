package dev.headgate.cli;

import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Offload;
import dev.headgate.http.Headers;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;

/**
 * A loop without a network: what policies ask others is answered from files that the user gave, and
 * what they leave for later is done when {@link #run} is called.
 */
final class OfflineLoop implements Loop {
  private static final int OK = 200;

  private final Clock clock;
  private final Map<URI, byte[]> facts;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<URI> unanswered = new ArrayList<>();

  /**
   * @param facts what a GET of these URLs would bring
   */
  OfflineLoop(Clock clock, Map<URI, byte[]> facts) {
    this.clock = clock;
    this.facts = facts;
  }

  /** Does all that was left for later. */
  void run() {
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
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return clock.millis();
  }

  @Override
  public void arm(Deadline deadline, long delayNanos) {}

  @Override
  public void cancel(Deadline deadline) {}

  @Override
  public Callouts callouts() {
    return (callout, listener) -> {
      byte[] body = facts.get(callout.url());
      if (body == null) {
        unanswered.add(callout.url());
      }
      Callouts.Answer answer =
          body == null
              ? new Callouts.Answer.Failed("there is no network here")
              : new Callouts.Answer.Answered(OK, new Headers(), body);
      tasks.add(() -> listener.answered(answer));
    };
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
