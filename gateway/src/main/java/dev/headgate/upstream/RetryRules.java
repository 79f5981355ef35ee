package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Upstream.Retry;
import dev.headgate.exchange.Failure;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Which requests to an upstream are sent once more, when, and how many of them.
 *
 * <p>The budget keeps retries from making an outage worse: each request adds a share of a retry to
 * it, time adds a few, and a retry takes one away. So however many fail, the upstream gets only
 * that share more than it would without retries.
 */
@LoopConfined
public final class RetryRules {
  /** What a retry may be saved for: a burst of this many after a quiet time. */
  private static final double MOST_SAVED = 100;

  /** What is there in the beginning: what this many seconds add. */
  private static final double SAVED_AT_FIRST_SECONDS = 10;

  private static final double NANOS_PER_SECOND = 1e9;

  /** RFC 9110 section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

  private final Retry config;
  private final double savedPerNano;
  private double saved;
  private long savedAt;

  /**
   * @param loops among how many loops the upstream's bounds are shared out
   * @param now as {@link dev.headgate.exchange.Loop#nanos}
   */
  RetryRules(Retry config, int loops, long now) {
    this.config = config;
    this.savedPerNano = config.minPerSecond() / NANOS_PER_SECOND / loops;
    this.saved = Math.min(MOST_SAVED, SAVED_AT_FIRST_SECONDS * config.minPerSecond());
    this.savedAt = now;
  }

  /** A request is sent for the first time. */
  void requested() {
    saved = Math.min(MOST_SAVED, saved + config.budget().fraction());
  }

  /**
   * Whether a request may be sent again after a failure, and if so takes that from the budget.
   *
   * @param attempts how often it has been sent
   */
  public boolean again(String method, int attempts, Failure failure, long now) {
    boolean wanted =
        failure.retryable()
            ? config.on().contains(Retry.CONNECT_FAILURE)
            : failure.reason().equals("upstream.timeout")
                && config.on().contains(Retry.TIMEOUT)
                && mayRepeat(method);
    return wanted && attempts < config.attempts() && take(now);
  }

  /** The same after an answer with that status. */
  public boolean again(String method, int attempts, int status, Headers answer, long now) {
    return status >= 400
        && attempts < config.attempts()
        && config.on().contains(Integer.toString(status))
        && mayRepeat(method)
        && retryAfterNanos(answer) <= config.maxBackoff().toNanos()
        && take(now);
  }

  private boolean mayRepeat(String method) {
    return config.methods() == Retry.Methods.ANY || IDEMPOTENT.contains(method);
  }

  private boolean take(long now) {
    saved = Math.min(MOST_SAVED, saved + (now - savedAt) * savedPerNano);
    savedAt = now;
    if (saved < 1) {
      return false;
    }
    saved--;
    return true;
  }

  /**
   * How long to wait before a request is sent again: a random time below a bound that doubles with
   * each attempt, so that those that failed together do not come back together.
   *
   * @param attempts how often it has been sent
   */
  public long pauseNanos(int attempts, RandomGenerator random) {
    long longest =
        Math.min(
            config.maxBackoff().toNanos(),
            config.backoff().toNanos() << Math.min(attempts - 1, 20));
    return longest <= 0 ? 0 : random.nextLong(longest);
  }

  /**
   * What {@code Retry-After} says (RFC 9110 section 10.2.3), 0 if it says nothing. A date is taken
   * for a long time: how far away it is depends on two clocks.
   */
  public static long retryAfterNanos(Headers answer) {
    String said = answer.get(HeaderName.RETRY_AFTER);
    if (said == null) {
      return 0;
    }
    boolean seconds = !said.isEmpty() && said.length() <= 9;
    for (int i = 0; seconds && i < said.length(); i++) {
      seconds = said.charAt(i) >= '0' && said.charAt(i) <= '9';
    }
    return seconds ? TimeUnit.SECONDS.toNanos(Long.parseLong(said)) : Long.MAX_VALUE;
  }
}
