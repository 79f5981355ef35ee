package dev.headgate.upstream;

import dev.headgate.health.Ejection;

/** Is told what happens to an upstream's connections on one loop. Loop-confined. */
public interface PoolObserver {
  /** Watches nothing. */
  PoolObserver NOBODY =
      new PoolObserver() {
        @Override
        public void connectionOpened() {}

        @Override
        public void connectionClosed() {}

        @Override
        public void connectionFailed() {}

        @Override
        public void waitingStarted() {}

        @Override
        public void waitingEnded() {}

        @Override
        public void ejected(Ejection.Reason reason) {}

        @Override
        public void retried(String reason) {}

        @Override
        public void bodyNotKept(String reason) {}

        @Override
        public void hedged(String outcome) {}
      };

  void connectionOpened();

  void connectionClosed();

  void connectionFailed();

  void waitingStarted();

  void waitingEnded();

  /** A request begins to wait until the upstream may have one more. */
  default void queued() {}

  /** A request no longer waits for that, whatever came of it. */
  default void queueLeft(long nanos) {}

  /** A request was turned away, as the upstream has too many. */
  default void refused(UpstreamPool.Refusal why) {}

  /** A request of this loop was the one for which an endpoint is left out from now on. */
  void ejected(Ejection.Reason reason);

  /** A request is sent once more, after that: a word of the configuration, or a status. */
  void retried(String reason);

  /** What came of a second attempt beside the first: few words. */
  void hedged(String outcome);

  /** A request's body is not kept for another attempt. */
  void bodyNotKept(String reason);
}
