package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import dev.headgate.overload.Queued;
import dev.headgate.overload.RequestLimit;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits until its upstream may have one more, and after that perhaps for a
 * connection.
 */
@LoopConfined
final class QueuedAttempt extends Deadline implements Pending {
  private final UpstreamPool pool;
  private final RequestLimit limit;
  private final UpstreamListener listener;
  private final Tried tried;
  private final long since;
  private @Nullable Queued queued;
  private @Nullable Pending connecting;
  private boolean gone;

  QueuedAttempt(
      UpstreamPool pool, RequestLimit limit, UpstreamListener listener, Tried tried, long since) {
    this.pool = pool;
    this.limit = limit;
    this.listener = listener;
    this.tried = tried;
    this.since = since;
  }

  /** Lines up; false if too many wait already. */
  boolean begin(Loop loop) {
    Queued place = limit.enqueue(loop, this::granted);
    queued = place;
    if (place != null) {
      loop.arm(this, limit.queueNanos());
    }
    return place != null;
  }

  private void granted() {
    if (gone) {
      limit.free();
      return;
    }
    queued = null;
    pool.queueLeft(this, since);
    connecting = pool.send(listener, tried);
  }

  @Override
  public void cancel() {
    Pending next = connecting;
    if (next != null) {
      next.cancel();
    } else {
      leave();
    }
  }

  @Override
  protected void expired() {
    if (leave()) {
      pool.refuse(listener, UpstreamPool.Refusal.LATE);
    }
  }

  /** Whether it has waited until now; who was given a place just now gives it back later. */
  private boolean leave() {
    Queued place = queued;
    if (place == null || gone) {
      return false;
    }
    gone = true;
    place.leave();
    pool.queueLeft(this, since);
    return true;
  }
}
