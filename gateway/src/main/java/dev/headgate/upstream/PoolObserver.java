package dev.headgate.upstream;

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
      };

  void connectionOpened();

  void connectionClosed();

  void connectionFailed();

  void waitingStarted();

  void waitingEnded();
}
