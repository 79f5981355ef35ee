package dev.headgate.listen;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Listener;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections a listener has open, in all and for each client.
 *
 * <p>All loops count here, once for each connection and never for a request. The total is one
 * atomic number. A client's count is an entry of a concurrent map that exists only while it is not
 * 0; a change of it holds that entry's bin for a few instructions and waits for nothing else. An
 * IPv6 client is its /64, since whoever has one address has all of those.
 */
@Shared
final class ConnectionLimits {
  private final AtomicInteger total = new AtomicInteger();
  private final ConcurrentHashMap<Long, Integer> byClient = new ConcurrentHashMap<>();

  /**
   * Counts a connection in.
   *
   * @return why it may not come in, a stable word; null if it may, and then {@link #leave} must
   *     follow
   */
  @Nullable String enter(InetAddress client, Listener.Limits limits) {
    if (total.incrementAndGet() > limits.connections()) {
      total.decrementAndGet();
      return "connections.limit";
    }
    if (byClient.merge(key(client), 1, Integer::sum) > limits.connectionsPerClient()) {
      leave(client);
      return "connections.client_limit";
    }
    return null;
  }

  /** Counts a connection out. */
  void leave(InetAddress client) {
    byClient.computeIfPresent(key(client), (_, count) -> count == 1 ? null : count - 1);
    total.decrementAndGet();
  }

  private static Long key(InetAddress client) {
    ByteBuffer bytes = ByteBuffer.wrap(client.getAddress());
    // No IPv6 network in use begins with 32 bits set, so the two kinds do not meet.
    return client instanceof Inet4Address
        ? 0xffff_ffff_0000_0000L | bytes.getInt() & 0xffff_ffffL
        : bytes.getLong();
  }
}
