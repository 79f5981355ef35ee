package dev.headgate.overload;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Upstream;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many requests an upstream has at once, over all loops of the node, and who waits until there
 * is room. Who takes a place gives it back with {@link #free}.
 *
 * <p>How it is safe: places are taken by compare-and-set below the bound of that moment. Who finds
 * none lines up, and tries once more after that; who gives one back looks at the line after that.
 * So one of the two always sees the other, and nobody waits beside a free place. A place that
 * somebody in the line gets is taken for it by whoever serves the line, and it is told on its own
 * loop.
 */
@Shared
public final class RequestLimit {
  private static final long QUIET = TimeUnit.SECONDS.toNanos(10);

  private final int fixed;
  private final @Nullable AdaptiveLimit adaptive;
  private final int longestQueue;
  private final long queueNanos;
  private final Teller teller;
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
  private final ConcurrentLinkedQueue<Queued> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong refusedLast = new AtomicLong();

  /** Is told what operators want to know. */
  public interface Teller {
    void tell(long now, String what);
  }

  private RequestLimit(
      int fixed, @Nullable AdaptiveLimit adaptive, Upstream.Limits rules, Teller teller) {
    this.fixed = fixed;
    this.adaptive = adaptive;
    this.longestQueue = rules.queue();
    this.queueNanos = rules.queueTimeout().toNanos();
    this.teller = teller;
  }

  /** That of an upstream; null if it has as many requests as come. */
  public static @Nullable RequestLimit of(Upstream config, Teller teller) {
    Upstream.Limits limits = config.limits();
    Upstream.AdaptiveConcurrency rules = config.adaptiveConcurrency();
    if (limits.requests() == 0 && rules == null) {
      return null;
    }
    return new RequestLimit(
        limits.requests() == 0 ? Integer.MAX_VALUE : limits.requests(),
        rules == null ? null : new AdaptiveLimit(rules),
        limits,
        teller);
  }

  /** Takes a place if one is free and nobody waits for it. */
  public boolean take() {
    return queue.isEmpty() && tryTake();
  }

  private boolean tryTake() {
    int most = limit();
    int now = taken.get();
    while (now < most) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  /**
   * Waits for a place.
   *
   * @param loop where that is told
   * @param granted called there once there is one; it has been taken then
   * @return null if too many wait already
   */
  public @Nullable Queued enqueue(Executor loop, Runnable granted) {
    if (queued.incrementAndGet() > longestQueue) {
      queued.decrementAndGet();
      return null;
    }
    Queued one = new Queued(this, loop, granted);
    queue.add(one);
    serve();
    return one;
  }

  /** Gives a place back. */
  public void free() {
    taken.decrementAndGet();
    serve();
  }

  /** Gives free places to those who have waited longest. */
  private void serve() {
    while (!queue.isEmpty() && tryTake()) {
      Queued next = queue.poll();
      if (next == null || !next.grant()) {
        taken.decrementAndGet();
      }
    }
  }

  /** Somebody in the line does not wait any more. */
  void left(Queued one, boolean stillThere) {
    queued.decrementAndGet();
    if (stillThere) {
      queue.remove(one);
    }
  }

  /** How long a request may wait for a place. */
  public long queueNanos() {
    return queueNanos;
  }

  /** Whether {@link #answered} wants to be told. */
  public boolean measures() {
    return adaptive != null;
  }

  /**
   * A request was answered, or given up because it was not.
   *
   * @param nanos how long that took, to the head of the answer
   */
  public void answered(long nanos, long now) {
    AdaptiveLimit by = adaptive;
    if (by != null && by.answered(nanos, taken.get(), now)) {
      serve();
    }
  }

  /** A request was turned away; written down if none was for a while. */
  public void refused(long now) {
    long before = refusedLast.getAndSet(now);
    if (before == 0 || now - before >= QUIET) {
      teller.tell(
          now,
          "requests are turned away: %d are under way and %d wait"
              .formatted(taken.get(), queued.get()));
    }
  }

  /** How many requests there may be at once now. */
  public int limit() {
    return adaptive == null ? fixed : Math.min(fixed, adaptive.limit());
  }

  /** How many there are. */
  public int taken() {
    return taken.get();
  }

  /** How many wait. */
  public int queued() {
    return queued.get();
  }
}
