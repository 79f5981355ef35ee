package dev.headgate.upstream;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A connection to an endpoint, as its pool sees it. Loop-confined. */
interface PooledConnection {
  /** Whether it carries several requests at once. */
  boolean multiplexes();

  /** Whether one more request may begin now. */
  boolean canOpen();

  /** Where it leads to; null where that is no longer known. */
  @Nullable InetAddress address();

  /** Begins a request; its end is told to the pool by {@link EndpointPool#released}. */
  UpstreamStream open(UpstreamListener listener);

  /** Takes no further requests and closes when those on it are over. */
  void closeWhenUnused();
}
