package dev.headgate.upstream;

/** A request that has no connection yet. Loop-confined. */
public interface Pending {
  /** Gives up waiting; the listener is not called any more. */
  void cancel();
}
