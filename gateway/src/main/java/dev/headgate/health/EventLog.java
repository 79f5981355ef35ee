package dev.headgate.health;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the process log what changes about one upstream, and not more often than somebody can read:
 * endpoints that come and go all the time would fill the disk.
 *
 * <p>How it is safe: two atomics. Two loops that begin a stretch at once may let one line more
 * through.
 */
@Shared
final class EventLog {
  private static final Logger log = LoggerFactory.getLogger(EventLog.class);
  private static final long STRETCH = TimeUnit.SECONDS.toNanos(10);
  private static final int MOST = 20;

  private final String upstream;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicInteger told = new AtomicInteger(MOST);

  EventLog(String upstream) {
    this.upstream = upstream;
  }

  /** Something is worse than it was. */
  void worse(long now, String what) {
    if (mayTell(now)) {
      log.warn("upstream {}: {}", upstream, what);
    }
  }

  /** Something is well again. */
  void better(long now, String what) {
    if (mayTell(now)) {
      log.info("upstream {}: {}", upstream, what);
    }
  }

  boolean mayTell(long now) {
    long since = begun.get();
    int before = told.get();
    if ((since == 0 || now - since >= STRETCH) && begun.compareAndSet(since, now)) {
      told.set(0);
      if (before > MOST) {
        log.warn("upstream {}: {} more changes were not written down", upstream, before - MOST);
      }
    }
    return told.incrementAndGet() <= MOST;
  }
}
