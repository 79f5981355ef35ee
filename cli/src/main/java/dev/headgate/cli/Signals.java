package dev.headgate.cli;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * What the system tells the process: stop (SIGTERM, Ctrl-C) or read the configuration again
 * (SIGHUP).
 *
 * <p>How it is safe: handlers run on threads of the system's; the latch is all they share.
 */
@Shared
final class Signals {
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * Takes over the signals.
   *
   * @param hangup called for each SIGHUP, on a thread of its own
   */
  Signals(Runnable hangup) {
    Signal.handle(new Signal("HUP"), _ -> hangup.run());
    Signal.handle(new Signal("TERM"), _ -> stop.countDown());
    Signal.handle(new Signal("INT"), _ -> interrupted());
  }

  /** The second Ctrl-C is from somebody who does not want to wait. */
  private void interrupted() {
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
    stop.countDown();
  }

  /** Waits until the process shall stop. */
  void awaitStop() {
    try {
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
