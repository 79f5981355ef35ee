package dev.headgate.health;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Upstream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether an upstream is asked at all. While it is <i>closed</i> every request goes through, and
 * what comes of them is counted over a sliding window. When too large a share fails, or is slow, it
 * <i>opens</i>: requests are answered at once. After a while it is <i>half open</i>: a few requests
 * go through as probes. If all of them are answered well it closes; at the first that is not it
 * opens again.
 *
 * <p>How it is safe: the state is an immutable object that is swapped by compare-and-set; who swaps
 * it to one probe more is the one that may send it. States are numbered, and what comes of a probe
 * counts only in the half-open state that let it through. Times are those of {@link
 * dev.headgate.exchange.Loop#nanos}.
 */
@Shared
public final class CircuitBreaker {
  /** {@link #permit}: the upstream is not asked. */
  public static final int REFUSED = -1;

  /** {@link #permit}: a request like any other. */
  public static final int FREE = 0;

  /** How it stands. */
  public enum Phase {
    CLOSED,
    HALF_OPEN,
    OPEN;

    /** As on the admin page. */
    public String word() {
      return this == CLOSED ? "closed" : this == OPEN ? "open" : "half_open";
    }
  }

  /**
   * @param number of this state, from 1 on; a half-open state keeps it while its probes are out
   * @param until when it is tried again, while it is open
   * @param sent probes that were let through
   * @param passed those of them that were answered well
   */
  private record State(Phase phase, int number, long until, int sent, int passed) {
    State next(Phase other, long retryAt) {
      return new State(other, number == Integer.MAX_VALUE ? 1 : number + 1, retryAt, 0, 0);
    }

    State probes(int out, int well) {
      return new State(phase, number, until, out, well);
    }
  }

  private final Upstream.Breaker rules;
  private final EventLog events;
  private final CallWindow window;
  private final AtomicReference<State> state =
      new AtomicReference<>(new State(Phase.CLOSED, 1, 0, 0, 0));

  CircuitBreaker(Upstream.Breaker rules, EventLog events) {
    this.rules = rules;
    this.events = events;
    this.window = new CallWindow(rules.window().toNanos());
  }

  /** How it stands now; an open one is so until a request comes after its time. */
  public Phase phase() {
    return state.get().phase();
  }

  /**
   * Whether a request may be sent. What comes of it is to be told with what is returned here.
   *
   * @return {@link #REFUSED}, {@link #FREE}, or a number above 0 for a probe
   */
  public int permit(long now) {
    while (true) {
      State seen = state.get();
      if (seen.phase() == Phase.CLOSED) {
        return FREE;
      }
      State next = withProbe(seen, now);
      if (next == null) {
        return REFUSED;
      }
      if (state.compareAndSet(seen, next)) {
        return next.number();
      }
    }
  }

  /** With one probe more; null if there is room for none. */
  private @Nullable State withProbe(State seen, long now) {
    return switch (seen.phase()) {
      case CLOSED -> null;
      case OPEN -> now - seen.until() < 0 ? null : seen.next(Phase.HALF_OPEN, 0).probes(1, 0);
      case HALF_OPEN ->
          seen.sent() >= rules.probes() ? null : seen.probes(seen.sent() + 1, seen.passed());
    };
  }

  /** In how many seconds it may be worth to ask again; at least 1. */
  public long retryAfterSeconds(long now) {
    State seen = state.get();
    long nanos = seen.phase() == Phase.OPEN ? seen.until() - now : 0;
    return Math.max(1, Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1)));
  }

  /**
   * It is known what came of a request.
   *
   * @param permit what let it through
   * @param well whether it was answered, and not with 5xx
   * @param nanos how long that took, to the head of the answer
   */
  public void ended(int permit, boolean well, long nanos, long now) {
    boolean slow = rules.slowCall() != null && nanos >= rules.slowCall().toNanos();
    if (permit > FREE) {
      probed(permit, !well || slow, now);
    } else {
      counted(!well, slow, now);
    }
  }

  /** A request ended in a way that says nothing; if it was a probe another may go. */
  public void undecided(int permit) {
    while (permit > FREE) {
      State seen = state.get();
      if (seen.phase() != Phase.HALF_OPEN
          || seen.number() != permit
          || state.compareAndSet(seen, seen.probes(seen.sent() - 1, seen.passed()))) {
        return;
      }
    }
  }

  private void counted(boolean failed, boolean slow, long now) {
    State seen = state.get();
    if (seen.phase() != Phase.CLOSED) {
      return; // From before it opened.
    }
    window.add(failed, slow, now);
    if (failed || slow) {
      CallWindow.Sums sums = window.sums(now);
      if (sums.calls() >= rules.minRequests()) {
        if (sums.failed() >= rules.failureRate().fraction() * sums.calls()) {
          open(seen, now, sums.failed() + " of " + sums.calls() + " requests failed");
        } else if (rules.slowCall() != null
            && sums.slow() >= rules.slowCallRate().fraction() * sums.calls()) {
          open(seen, now, sums.slow() + " of " + sums.calls() + " requests were slow");
        }
      }
    }
  }

  private void probed(int permit, boolean bad, long now) {
    while (true) {
      State seen = state.get();
      if (seen.phase() != Phase.HALF_OPEN || seen.number() != permit) {
        return;
      }
      if (bad) {
        open(seen, now, "a probe failed or was slow");
        return;
      }
      boolean last = seen.passed() + 1 >= rules.probes();
      if (last) {
        window.clear();
      }
      State next = last ? seen.next(Phase.CLOSED, 0) : seen.probes(seen.sent(), seen.passed() + 1);
      if (state.compareAndSet(seen, next)) {
        if (last) {
          events.better(now, "the circuit breaker is closed: all probes passed");
        }
        return;
      }
    }
  }

  /** Only from the state in which that was found out: else somebody was quicker. */
  private void open(State seen, long now, String why) {
    if (state.compareAndSet(seen, seen.next(Phase.OPEN, now + rules.open().toNanos()))) {
      events.worse(
          now, "the circuit breaker is open for %d ms: %s".formatted(rules.open().toMillis(), why));
    }
  }
}
