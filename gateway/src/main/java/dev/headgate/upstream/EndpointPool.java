package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private final Connector connector;
  private final EndpointAddress endpoint;
  private final PoolLimits limits;
  private final PoolObserver observer;

  private final ArrayDeque<Http1UpstreamConnection> idle = new ArrayDeque<>();
  private final List<MultiplexedConnection> multiplexed = new ArrayList<>();
  private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
  private int open;
  private int connecting;
  private int active;
  private boolean multiplexes;
  private boolean retired;

  EndpointPool(
      Connector connector, EndpointAddress endpoint, PoolLimits limits, PoolObserver observer) {
    this.connector = connector;
    this.endpoint = endpoint;
    this.limits = limits;
    this.observer = observer;
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
    if (serve(listener)) {
      return null;
    }
    // Requests that wait for connections being made for them do not count as a queue.
    if (waiting.size() >= limits.waiting() + connecting) {
      listener.failed(
          Failure.upstream(
              false, 503, "upstream.busy", "too many requests wait for " + endpoint.name()));
      return null;
    }
    Attempt attempt = new Attempt(this, listener);
    waiting.addLast(attempt);
    observer.waitingStarted();
    connector.io().loop().arm(attempt, limits.connectNanos());
    connectIfNeeded();
    // A connection may have failed at once.
    return attempt.waits() ? attempt : null;
  }

  private boolean hasFree() {
    for (int i = 0; i < multiplexed.size(); i++) {
      if (multiplexed.get(i).canOpen()) {
        return true;
      }
    }
    return !idle.isEmpty();
  }

  private boolean serve(UpstreamListener listener) {
    for (int i = 0; i < multiplexed.size(); i++) {
      MultiplexedConnection connection = multiplexed.get(i);
      if (connection.canOpen()) {
        active++;
        listener.connected(connection.open(listener));
        return true;
      }
    }
    Http1UpstreamConnection connection = idle.pollLast();
    while (connection != null && !connection.usable()) {
      connection = idle.pollLast();
    }
    if (connection == null) {
      return false;
    }
    active++;
    connection.begin(listener);
    listener.connected(connection);
    return true;
  }

  private void connectIfNeeded() {
    int wanted = multiplexes ? Math.min(1, waiting.size()) : waiting.size();
    while (connecting < wanted && open < limits.connections()) {
      open++;
      connecting++;
      connector.connect(this);
    }
  }

  /** An attempt no longer waits. */
  void forget(Attempt attempt) {
    if (waiting.remove(attempt)) {
      settle(attempt);
    }
  }

  private void settle(Attempt attempt) {
    attempt.settled();
    connector.io().loop().cancel(attempt);
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

  void connected(Http1UpstreamConnection connection) {
    connecting--;
    observer.connectionOpened();
    free(connection);
  }

  void connected(MultiplexedConnection connection) {
    connecting--;
    observer.connectionOpened();
    multiplexes = true;
    multiplexed.add(connection);
    capacity();
  }

  void connectFailed(Failure failure) {
    connecting--;
    open--;
    observer.connectionFailed();
    Attempt attempt = nextWaiting();
    if (attempt != null) {
      attempt.listener().failed(failure);
    }
    connectIfNeeded();
  }

  /** A request on an HTTP/1.1 connection is over and the connection can take another. */
  void released(Http1UpstreamConnection connection) {
    active--;
    free(connection);
  }

  /** A stream of an HTTP/2 connection is over. */
  void streamClosed() {
    active--;
    capacity();
  }

  private void free(Http1UpstreamConnection connection) {
    Attempt attempt = nextWaiting();
    if (attempt != null) {
      active++;
      connection.begin(attempt.listener());
      attempt.listener().connected(connection);
    } else if (retired) {
      connection.close();
    } else {
      idle.addLast(connection);
      connection.rest();
    }
  }

  /** There may be room for requests that wait. */
  void capacity() {
    while (!waiting.isEmpty()) {
      if (!hasFree()) {
        connectIfNeeded();
        return;
      }
      serve(Objects.requireNonNull(nextWaiting()).listener());
    }
  }

  /**
   * A connection is gone.
   *
   * @param inUse whether a request was on it
   */
  void closed(Http1UpstreamConnection connection, boolean inUse) {
    open--;
    observer.connectionClosed();
    if (inUse) {
      active--;
    } else {
      idle.remove(connection);
    }
    connectIfNeeded();
  }

  void closed(MultiplexedConnection connection) {
    open--;
    observer.connectionClosed();
    multiplexed.remove(connection);
    connectIfNeeded();
  }

  /** Closes all connections at once. */
  void close() {
    retire();
  }

  /** No new requests are meant to come: closes what is unused, and the rest as it becomes free. */
  void retire() {
    retired = true;
    for (Http1UpstreamConnection connection : List.copyOf(idle)) {
      connection.close();
    }
    for (MultiplexedConnection connection : List.copyOf(multiplexed)) {
      connection.closeWhenUnused();
    }
  }
}
