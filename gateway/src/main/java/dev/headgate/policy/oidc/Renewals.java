package dev.headgate.policy.oidc;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Loop;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Renewals of sessions, each made once for all loops.
 *
 * <p>A browser sends several requests with the same cookie at once, and they land on several loops.
 * A provider that gives a new refresh token each time takes the old one only once, and ends the
 * session of who shows it again: so the first request renews the session, and the others wait. What
 * came of it is kept for a minute, for requests that were sent before the new cookie had arrived; a
 * renewal that failed is not tried again for half a minute.
 *
 * <p>A map from a session's version to an immutable entry; whoever puts an entry there that is
 * under way carries it out.
 */
@Shared
final class Renewals {
  private static final long KEPT = Duration.ofMinutes(1).toNanos();
  private static final long TRIED_AGAIN = Duration.ofSeconds(30).toNanos();
  private static final long SWEEP = Duration.ofSeconds(5).toNanos();
  private static final int MOST = 4096;

  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong sweptAt = new AtomicLong();

  /** What came of a renewal. */
  sealed interface Outcome {
    record Renewed(Session session) implements Outcome {}

    /** The provider does not answer: the session goes on as it is. */
    record Postponed() implements Outcome {}

    /** The provider says that it has ended. */
    record Ended() implements Outcome {}
  }

  /** Who waits for an outcome. */
  interface Listener {
    void ended(Outcome outcome);
  }

  /** What becomes of somebody who asks. */
  enum Asked {
    /** It is to renew the session itself, and is told with the others. */
    BEGIN,
    /** It is told. */
    WAIT,
    /** Too many are under way: it is not told. */
    FULL
  }

  private record Waiting(Loop loop, Listener listener, @Nullable Waiting next) {}

  /**
   * @param outcome null while it is under way
   * @param since on the monotonic clock
   */
  private record Entry(@Nullable Outcome outcome, long since, @Nullable Waiting waiting) {
    boolean isOver(long now) {
      return now - since > (outcome instanceof Outcome.Renewed ? KEPT : TRIED_AGAIN);
    }
  }

  /** Asks for the outcome; the listener is told on the loop. */
  Asked ask(String version, Loop loop, Listener listener) {
    long now = loop.nanos();
    sweep(now);
    while (true) {
      Entry there = entries.get(version);
      if (there == null || there.isOver(now)) {
        Waiting waiting = new Waiting(loop, listener, null);
        Entry begun = new Entry(null, now, waiting);
        if (there == null && entries.size() >= MOST) {
          return Asked.FULL;
        }
        boolean mine =
            there == null
                ? entries.putIfAbsent(version, begun) == null
                : entries.replace(version, there, begun);
        if (mine) {
          return Asked.BEGIN;
        }
      } else if (there.outcome() != null) {
        Outcome outcome = there.outcome();
        loop.execute(() -> listener.ended(outcome));
        return Asked.WAIT;
      } else {
        Waiting waiting = new Waiting(loop, listener, there.waiting());
        if (entries.replace(version, there, new Entry(null, there.since(), waiting))) {
          return Asked.WAIT;
        }
      }
    }
  }

  /** Tells all who wait. */
  void end(String version, Outcome outcome, long now) {
    Entry before = entries.put(version, new Entry(outcome, now, null));
    for (Waiting one = before == null ? null : before.waiting(); one != null; one = one.next()) {
      Listener listener = one.listener();
      one.loop().execute(() -> listener.ended(outcome));
    }
  }

  private void sweep(long now) {
    long last = sweptAt.get();
    if (now - last > SWEEP && sweptAt.compareAndSet(last, now)) {
      entries.values().removeIf(entry -> entry.isOver(now));
    }
  }
}
