package dev.headgate.jose;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys as they were last fetched, for all loops.
 *
 * <p>All that is known stands in one immutable {@code State} behind one reference. Whoever wants
 * something changed makes a new state and puts it in the old one's place if that is still there,
 * else looks again. So that there is at most one fetch at a time: it is part of the state, and only
 * who put it there carries it out, on its own loop. Who finds one there joins those who wait for
 * it. When it ends the state without it takes its place, in one step with the new keys, and all who
 * joined are told, each on its own loop; nobody can join a fetch that has ended.
 *
 * <p>A fetch that fails, for whatever reason, leaves the keys as they are; how old they may become
 * is for the user to say. A fetch that succeeds replaces all of them, so a key that the issuer has
 * removed is gone.
 */
@Shared
public final class FetchedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);

  /** Between fetches that strange tokens cause. */
  static final long APART = Duration.ofSeconds(2).toNanos();

  /** Between attempts while the issuer is away and its keys are missing. */
  static final long AGAIN = Duration.ofSeconds(1).toNanos();

  private static final long SLOWEST_AGAIN = Duration.ofMinutes(1).toNanos();
  private static final int MOST_WAITING = 4096;

  private final KeySource source;
  private final AtomicReference<State> state;

  /**
   * @param fetchedAt when these keys came, on the monotonic clock
   * @param endedAt when the last fetch ended
   * @param failures fetches that failed since one succeeded
   */
  private record State(
      @Nullable KeySet keys, long fetchedAt, long endedAt, int failures, @Nullable Fetch fetch) {}

  /**
   * A fetch, with those who wait for it.
   *
   * @param begun whether it is under way; else it is planned
   */
  private record Fetch(Token token, boolean begun, @Nullable Waiting waiting, int count) {
    Fetch joined(Loop loop, Listener listener, boolean before) {
      return new Fetch(token, begun, new Waiting(loop, listener, before, waiting), count + 1);
    }
  }

  /** What makes a fetch itself: its state changes as others join. */
  private static final class Token {}

  /**
   * @param before whether it waited before the fetch began
   */
  private record Waiting(Loop loop, Listener listener, boolean before, @Nullable Waiting next) {}

  /** Who waits for a fetch. */
  public interface Listener {
    void ended(Ended how);
  }

  /** How a fetch ended, for one who waited for it. */
  public enum Ended {
    /** The keys are those of now: they were asked for after it had asked. */
    FRESH,
    /** They are newer than before, but were asked for before it had asked. */
    NEWER,
    /** There are no others than before. */
    FAILED
  }

  /** What becomes of somebody who asks for newer keys. */
  public enum Asked {
    /** It will be told. */
    WAITING,
    /** The issuer did not answer a moment ago, or too many wait. */
    UNAVAILABLE
  }

  public FetchedKeys(KeySource source) {
    this.source = source;
    this.state = new AtomicReference<>(new State(null, 0, 0, 0, null));
  }

  /** Keys to begin with, such as those of a file that was read beforehand. */
  public void seed(KeySet keys, long now) {
    State before = state.get();
    if (before.keys() == null) {
      state.compareAndSet(before, new State(keys, now, now, 0, before.fetch()));
    }
  }

  /**
   * The keys, if they are not too old.
   *
   * @param now on the monotonic clock
   * @param maxAge in nanoseconds
   */
  public @Nullable KeySet usable(long now, long maxAge) {
    State current = state.get();
    return current.keys() != null && now - current.fetchedAt() <= maxAge ? current.keys() : null;
  }

  /**
   * Asks for keys that are newer than those there are. Two fetches that tokens cause are {@link
   * #APART} each other, so that strangers cannot have the issuer asked without end; who comes in
   * between waits for the second.
   *
   * @param listener told on the loop, never before this returns, if the answer is WAITING
   */
  public Asked ask(Loop loop, Listener listener) {
    while (true) {
      State current = state.get();
      long since = loop.nanos() - current.endedAt();
      boolean never = current.keys() == null && current.failures() == 0;
      Fetch under = current.fetch();
      if (under == null && current.failures() > 0 && since < AGAIN) {
        return Asked.UNAVAILABLE;
      }
      if (under != null && under.count() >= MOST_WAITING) {
        return Asked.UNAVAILABLE;
      }
      long delay = never || current.failures() > 0 ? 0 : Math.max(0, APART - since);
      Fetch base = under == null ? new Fetch(new Token(), delay == 0, null, 0) : under;
      Fetch joined = base.joined(loop, listener, under == null || !under.begun());
      if (state.compareAndSet(current, with(current, joined))) {
        if (under == null) {
          plan(loop, base.token(), delay);
        }
        return Asked.WAITING;
      }
    }
  }

  /** Fetches the keys if they are older than that and nobody does yet. */
  public void refresh(Loop loop, long interval) {
    State current = state.get();
    if (current.fetch() == null && untilDue(loop.nanos(), interval) <= 0) {
      Token token = new Token();
      if (state.compareAndSet(current, with(current, new Fetch(token, true, null, 0)))) {
        begin(loop, token);
      }
    }
  }

  /** How long it is until the keys should be fetched again, in nanoseconds. */
  public long untilDue(long now, long interval) {
    State current = state.get();
    if (current.failures() > 0) {
      int doublings = Math.min(current.failures() - 1, 10);
      long wait = Math.min(Math.min(AGAIN << doublings, SLOWEST_AGAIN), interval);
      return current.endedAt() + wait - now;
    }
    return current.keys() == null ? 0 : current.fetchedAt() + interval - now;
  }

  private static State with(State state, @Nullable Fetch fetch) {
    return new State(state.keys(), state.fetchedAt(), state.endedAt(), state.failures(), fetch);
  }

  private void plan(Loop loop, Token token, long delay) {
    if (delay == 0) {
      begin(loop, token);
      return;
    }
    Deadline later =
        new Deadline() {
          @Override
          protected void expired() {
            markBegun(token);
            begin(loop, token);
          }
        };
    loop.arm(later, delay);
  }

  private void markBegun(Token token) {
    state.updateAndGet(current -> {
      Fetch fetch = current.fetch();
      return fetch == null || fetch.token() != token
          ? current
          : with(current, new Fetch(token, true, fetch.waiting(), fetch.count()));
    });
  }

  private void begin(Loop loop, Token token) {
    KeyFetch.begin(source, loop, (keys, problem) -> ended(loop, token, keys, problem));
  }

  private void ended(Loop loop, Token token, @Nullable KeySet keys, String problem) {
    long now = loop.nanos();
    while (true) {
      State current = state.get();
      Fetch fetch = current.fetch();
      if (fetch == null || fetch.token() != token) {
        return;
      }
      State next =
          keys == null
              ? new State(current.keys(), current.fetchedAt(), now, current.failures() + 1, null)
              : new State(keys, now, now, 0, null);
      if (state.compareAndSet(current, next)) {
        log(current, keys, problem);
        tell(fetch.waiting(), keys != null);
        return;
      }
    }
  }

  private static void tell(@Nullable Waiting first, boolean succeeded) {
    for (Waiting waiting = first; waiting != null; waiting = waiting.next()) {
      Listener listener = waiting.listener();
      Ended how = !succeeded ? Ended.FAILED : waiting.before() ? Ended.FRESH : Ended.NEWER;
      waiting.loop().execute(() -> listener.ended(how));
    }
  }

  /** Says what has changed, not what stays the same with every fetch. */
  private void log(State before, @Nullable KeySet keys, String problem) {
    if (keys == null) {
      if (before.failures() == 0) {
        LOG.warn(
            "keys of {} cannot be fetched, {}: {}",
            source,
            before.keys() == null ? "there are none yet" : "the last ones stay",
            problem);
      }
      return;
    }
    if (before.failures() > 0) {
      LOG.info("keys of {} can be fetched again", source);
    }
    if (before.keys() == null || !before.keys().refused().equals(keys.refused())) {
      keys.refused().forEach(why -> LOG.warn("of the keys of {} one is refused, {}", source, why));
    }
  }
}
