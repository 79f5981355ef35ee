package dev.headgate.upstream;

/** A connection that carries several requests at once. Loop-confined. */
interface MultiplexedConnection {
  /** Whether one more request may begin now. */
  boolean canOpen();

  /** Begins a request; its end is told to the pool by {@link EndpointPool#streamClosed}. */
  UpstreamStream open(UpstreamListener listener);

  /** Takes no further requests and closes when those on it are over. */
  void closeWhenUnused();
}
