package dev.headgate.jose;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keys as one loop uses them. Sees to it that they are fetched again in time, for as long as it is
 * not closed.
 */
@LoopConfined
public final class LoopKeys {
  /** So that a loop looks after a fetch that is under way on another one. */
  private static final long SOONEST = Duration.ofSeconds(1).toNanos();

  private final Loop loop;
  private final @Nullable FetchedKeys fetched;
  private final @Nullable KeySet fixed;
  private final long refreshNanos;
  private final long maxAgeNanos;
  private final Deadline refresh =
      new Deadline() {
        @Override
        protected void expired() {
          refresh();
        }
      };

  private LoopKeys(
      Loop loop,
      @Nullable FetchedKeys fetched,
      @Nullable KeySet fixed,
      long refreshNanos,
      long maxAgeNanos) {
    this.loop = loop;
    this.fetched = fetched;
    this.fixed = fixed;
    this.refreshNanos = refreshNanos;
    this.maxAgeNanos = maxAgeNanos;
  }

  /** Keys that never change. */
  public static LoopKeys fixed(Loop loop, KeySet keys) {
    return new LoopKeys(loop, null, keys, 0, 0);
  }

  /**
   * Keys that are fetched.
   *
   * @param refresh how often
   * @param maxAge how long they are used when they cannot be fetched
   */
  public static LoopKeys of(Loop loop, FetchedKeys fetched, Duration refresh, Duration maxAge) {
    LoopKeys keys = new LoopKeys(loop, fetched, null, refresh.toNanos(), maxAge.toNanos());
    keys.refresh();
    return keys;
  }

  private void refresh() {
    if (fetched != null) {
      fetched.refresh(loop, refreshNanos);
      loop.arm(refresh, Math.max(SOONEST, fetched.untilDue(loop.nanos(), refreshNanos)));
    }
  }

  /** The keys; null if there are none, or none that are young enough. */
  public @Nullable KeySet usable() {
    return fetched == null ? fixed : fetched.usable(loop.nanos(), maxAgeNanos);
  }

  /** Whether newer ones could be had. */
  public boolean change() {
    return fetched != null;
  }

  /** Asks for newer ones; see {@link FetchedKeys#ask}. */
  public FetchedKeys.Asked ask(FetchedKeys.Listener listener) {
    return fetched == null ? FetchedKeys.Asked.UNAVAILABLE : fetched.ask(loop, listener);
  }

  /** Looks after them no more. */
  public void close() {
    loop.cancel(refresh);
  }
}
