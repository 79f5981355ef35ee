package dev.headgate.listen;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Listener;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

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
   * Counts a connection in, before it is known who calls.
   *
   * @return whether it may come in; {@link #leave()} must follow then
   */
  boolean enter(Listener.Limits limits) {
    if (total.incrementAndGet() > limits.connections()) {
      total.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Counts a connection out. */
  void leave() {
    total.decrementAndGet();
  }

  /**
   * Counts a connection in among those of its client.
   *
   * @return whether it may come in; {@link #leave(InetAddress)} must follow then
   */
  boolean enter(InetAddress client, Listener.Limits limits) {
    if (byClient.merge(key(client), 1, Integer::sum) > limits.connectionsPerClient()) {
      leave(client);
      return false;
    }
    return true;
  }

  /** Counts a connection out among those of its client. */
  void leave(InetAddress client) {
    byClient.computeIfPresent(key(client), (_, count) -> count == 1 ? null : count - 1);
  }

  private static Long key(InetAddress client) {
    ByteBuffer bytes = ByteBuffer.wrap(client.getAddress());
    // No IPv6 network in use begins with 32 bits set, so the two kinds do not meet.
    return client instanceof Inet4Address
        ? 0xffff_ffff_0000_0000L | bytes.getInt() & 0xffff_ffffL
        : bytes.getLong();
  }
}
