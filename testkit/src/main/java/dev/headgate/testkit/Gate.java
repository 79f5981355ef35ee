package dev.headgate.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A point that a script waits at until the test opens it: how to be slow without sleeping.
 *
 * <pre>{@code
 * var gate = new Gate();
 * var origin = ScriptedOrigin.start(exchange -> { gate.await(); exchange.respond(200, "late"); });
 * …
 * gate.open();
 * }</pre>
 */
public final class Gate {
  private final CountDownLatch latch = new CountDownLatch(1);

  public void open() {
    latch.countDown();
  }

  public boolean isOpen() {
    return latch.getCount() == 0;
  }

  /** Waits 10 seconds at most, then fails. */
  public void await() throws InterruptedException {
    await(Duration.ofSeconds(10));
  }

  public void await(Duration time) throws InterruptedException {
    if (!latch.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("Nobody opened the gate in " + time);
    }
  }
}
