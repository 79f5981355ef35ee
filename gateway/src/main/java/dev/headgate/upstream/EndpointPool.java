package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.overload.RequestLimit;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop's connections to one endpoint, and the requests that wait for one.
 *
 * <p>A request takes a stream of an HTTP/2 connection, or the HTTP/1.1 connection that was used
 * last, so that those used long ago can go. Where neither is free it waits, and a connection is
 * made for it unless there are enough. Whatever becomes free first, a new connection or a used one,
 * serves the request that has waited longest; a connection that cannot be made fails it.
 */
@LoopConfined
final class EndpointPool {
  private final Loop loop;
  private final Consumer<EndpointPool> connector;
  private final EndpointAddress endpoint;
  private final PoolLimits limits;
  private final PoolObserver observer;

  /** Whose places the requests have; null where they need none. */
  private final @Nullable RequestLimit places;

  private final ArrayDeque<PooledConnection> idle = new ArrayDeque<>();
  private final List<PooledConnection> multiplexed = new ArrayList<>();
  private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
  private int open;
  private int connecting;
  private int active;
  private boolean multiplexes;
  private boolean retired;

  /** Where the endpoint's name leads to; null as long as nobody has said. */
  private @Nullable Set<InetAddress> addresses;

  /**
   * @param connector begins to make a connection, and tells later how it went
   */
  EndpointPool(
      Loop loop,
      Consumer<EndpointPool> connector,
      EndpointAddress endpoint,
      PoolLimits limits,
      PoolObserver observer,
      @Nullable RequestLimit places) {
    this.loop = loop;
    this.connector = connector;
    this.endpoint = endpoint;
    this.limits = limits;
    this.observer = observer;
    this.places = places;
    this.multiplexes = limits.multiplexes();
  }

  EndpointAddress endpoint() {
    return endpoint;
  }

  PoolLimits limits() {
    return limits;
  }

  /** Requests that have a connection or wait for one. */
  int active() {
    return active + waiting.size();
  }

  /**
   * Finds a connection for a request and calls the listener: at once, or later.
   *
   * @return what waits; null where the listener has been called already
   */
  @Nullable Attempt open(UpstreamListener listener) {
    PooledConnection free = takeFree();
    if (free != null) {
      serve(free, listener);
      return null;
    }
    // Requests that wait for connections being made for them do not count as a queue.
    if (waiting.size() >= limits.waiting() + connecting) {
      freePlaces(1);
      listener.failed(
          Failure.upstream(
              false, 503, "upstream.busy", "too many requests wait for " + endpoint.name()));
      return null;
    }
    Attempt attempt = new Attempt(this, listener);
    waiting.addLast(attempt);
    observer.waitingStarted();
    loop.arm(attempt, limits.connectNanos());
    connectIfNeeded();
    // A connection may have failed at once.
    return attempt.waits() ? attempt : null;
  }

  /**
   * Takes a connection on which a request may begin. Whatever died unnoticed while nobody used it
   * is dropped on the way.
   */
  private @Nullable PooledConnection takeFree() {
    for (int i = 0; i < multiplexed.size(); i++) {
      if (multiplexed.get(i).canOpen()) {
        return multiplexed.get(i);
      }
    }
    PooledConnection connection = idle.pollLast();
    while (connection != null && !connection.canOpen()) {
      connection = idle.pollLast();
    }
    return connection;
  }

  private void serve(PooledConnection connection, UpstreamListener listener) {
    active++;
    listener.connected(connection.open(listener));
  }

  private void connectIfNeeded() {
    int wanted = multiplexes ? Math.min(1, waiting.size()) : waiting.size();
    while (connecting < wanted && open < limits.connections()) {
      open++;
      connecting++;
      connector.accept(this);
    }
  }

  /** An attempt no longer waits. */
  void forget(Attempt attempt) {
    if (waiting.remove(attempt)) {
      settle(attempt);
      freePlaces(1);
    }
  }

  private void settle(Attempt attempt) {
    attempt.settled();
    loop.cancel(attempt);
    observer.waitingEnded();
  }

  private @Nullable Attempt nextWaiting() {
    Attempt attempt = waiting.pollFirst();
    if (attempt != null) {
      settle(attempt);
    }
    return attempt;
  }

  Failure waitedTooLong() {
    return connecting > 0
        ? Failure.upstream(
            true,
            504,
            "upstream.connect_timeout",
            "no connection to " + endpoint.name() + " in time")
        : Failure.upstream(
            false,
            503,
            "upstream.busy",
            "no connection to " + endpoint.name() + " became free in time");
  }

  // What connections tell.

  void connected(PooledConnection connection) {
    connecting--;
    observer.connectionOpened();
    if (connection.multiplexes()) {
      multiplexes = true;
      multiplexed.add(connection);
    }
    free(connection);
  }

  void connectFailed(Failure failure) {
    connecting--;
    open--;
    observer.connectionFailed();
    Attempt attempt = nextWaiting();
    if (attempt != null) {
      freePlaces(1);
      attempt.listener().failed(failure);
    }
    connectIfNeeded();
  }

  /**
   * A request is over, and its connection still good for others. Where it is not, {@link #closed}
   * is called instead.
   */
  void released(PooledConnection connection) {
    active--;
    freePlaces(1);
    free(connection);
  }

  private void freePlaces(int count) {
    for (int i = 0; places != null && i < count; i++) {
      places.free();
    }
  }

  private void free(PooledConnection connection) {
    if (leadsElsewhere(connection)) {
      connection.closeWhenUnused();
    } else if (!connection.multiplexes()) {
      idle.addLast(connection);
    }
    capacity();
    if (retired) {
      closeUnused();
    }
  }

  /** There may be room for requests that wait. */
  void capacity() {
    while (!waiting.isEmpty()) {
      PooledConnection free = takeFree();
      if (free == null) {
        connectIfNeeded();
        return;
      }
      serve(free, Objects.requireNonNull(nextWaiting()).listener());
    }
  }

  /**
   * A connection is gone.
   *
   * @param abandoned how many requests were on it that were not released
   */
  void closed(PooledConnection connection, int abandoned) {
    open--;
    active -= abandoned;
    freePlaces(abandoned);
    observer.connectionClosed();
    if (connection.multiplexes()) {
      multiplexed.remove(connection);
    } else {
      idle.remove(connection);
    }
    connectIfNeeded();
  }

  /**
   * Hardly any new requests are meant to come: closes what is unused, and the rest as it becomes
   * free.
   */
  void retire() {
    retired = true;
    closeUnused();
  }

  private void closeUnused() {
    connections().forEach(PooledConnection::closeWhenUnused);
  }

  /** Those that new requests may begin on. */
  private List<PooledConnection> connections() {
    List<PooledConnection> connections = new ArrayList<>(idle);
    connections.addAll(multiplexed);
    return connections;
  }

  /**
   * The endpoint's name leads to these addresses from now on: connections to others take no further
   * requests.
   */
  void moved(Set<InetAddress> now) {
    addresses = now;
    for (PooledConnection connection : connections()) {
      if (leadsElsewhere(connection)) {
        connection.closeWhenUnused();
      }
    }
  }

  private boolean leadsElsewhere(PooledConnection connection) {
    InetAddress address = connection.address();
    return addresses != null && address != null && !addresses.contains(address);
  }
}
