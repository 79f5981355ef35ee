package dev.headgate.store;

import dev.headgate.concurrent.Shared;
import java.time.Clock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log that a store does not answer, and that it does again: once for all loops of the
 * node, and seldom if it comes and goes. Shared by all loops: counts by name, in atomics.
 */
@Shared
public final class StoreNews {
  private static final Logger LOG = LoggerFactory.getLogger(StoreNews.class);

  /** How long a store that comes and goes is no news. */
  private static final long QUIET_MILLIS = 10_000;

  private final Clock clock;
  private final ConcurrentMap<String, News> byName = new ConcurrentHashMap<>();

  private static final class News {
    private final AtomicInteger loopsAway = new AtomicInteger();
    private final AtomicLong quietUntil = new AtomicLong();
    private final AtomicBoolean told = new AtomicBoolean();
  }

  public StoreNews(Clock clock) {
    this.clock = clock;
  }

  /** A loop leaves the store alone. */
  void away(String name, String why) {
    News news = news(name);
    if (news.loopsAway.getAndIncrement() == 0) {
      long now = clock.millis();
      long quietUntil = news.quietUntil.get();
      if (now >= quietUntil && news.quietUntil.compareAndSet(quietUntil, now + QUIET_MILLIS)) {
        news.told.set(true);
        LOG.warn("store {} does not answer and is left alone: {}", name, why);
      }
    }
  }

  /** A loop asks the store again, or has nothing more to do with it. */
  void back(String name, boolean answers) {
    News news = news(name);
    if (news.loopsAway.decrementAndGet() == 0 && answers && news.told.getAndSet(false)) {
      LOG.info("store {} answers again", name);
    }
  }

  private News news(String name) {
    return byName.computeIfAbsent(name, _ -> new News());
  }
}
