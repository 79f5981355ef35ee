package dev.headgate.upstream;

/** Is told what happens to an upstream's connections on one loop. Loop-confined. */
public interface PoolObserver {
  void connectionOpened();

  void connectionClosed();

  void connectionFailed();

  void waitingStarted();

  void waitingEnded();
}
