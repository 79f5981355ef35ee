package dev.headgate.retry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.GrpcWords;
import dev.headgate.config.Upstream.Retry;
import dev.headgate.exchange.Failure;
import dev.headgate.http.GrpcStatus;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which requests to an upstream are sent once more, when, and how many of them: one loop's share of
 * it.
 *
 * <p>The budget keeps retries from making an outage worse: each request adds a share of a retry to
 * it, time adds a few, and a retry takes one away. So however many fail, the upstream gets only
 * that share more than it would without retries. Whatever else is sent a second time takes from it,
 * too.
 */
@LoopConfined
public final class RetryRules {
  /** What a retry may be saved for: a burst of this many after a quiet time. */
  private static final double MOST_SAVED = 100;

  /** What is there in the beginning: what this many seconds add. */
  private static final double SAVED_AT_FIRST_SECONDS = 10;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final int OK = 200;
  private static final int FIRST_ERROR = 400;

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
  public RetryRules(Retry config, int loops, long now) {
    this.config = config;
    this.savedPerNano = config.minPerSecond() / NANOS_PER_SECOND / loops;
    this.saved = Math.min(MOST_SAVED, SAVED_AT_FIRST_SECONDS * config.minPerSecond());
    this.savedAt = now;
  }

  /** A request is sent for the first time. */
  public void requested() {
    saved = Math.min(MOST_SAVED, saved + config.budget().fraction());
  }

  /**
   * Whether a request may be sent again after a failure, and if so takes that from the budget.
   *
   * @param attempts how often it has been sent
   * @return after what, in the word of the configuration; null if it may not
   */
  public @Nullable String again(String method, int attempts, Failure failure, long now) {
    String word = word(failure);
    return word != null
            && attempts < config.attempts()
            && (nothingWasDone(word) || mayRepeat(method))
            && spend(now)
        ? word
        : null;
  }

  /**
   * What a failure is called in {@code on}, the most exact word of those that are there; null for
   * one after which nothing is sent again.
   */
  private @Nullable String word(Failure failure) {
    String word =
        switch (failure.reason()) {
          case "upstream.timeout" -> Retry.TIMEOUT;
          case "upstream.reset" -> Retry.RESET;
          case "upstream.refused", "upstream.going_away" -> Retry.REFUSED_STREAM;
          default -> Retry.CONNECT_FAILURE;
        };
    if (config.on().contains(word) && !word.equals(Retry.CONNECT_FAILURE)) {
      return word;
    }
    return failure.retryable() && config.on().contains(Retry.CONNECT_FAILURE)
        ? Retry.CONNECT_FAILURE
        : null;
  }

  /** Whether the endpoint cannot have begun with the request. */
  private static boolean nothingWasDone(String word) {
    return word.equals(Retry.CONNECT_FAILURE) || word.equals(Retry.REFUSED_STREAM);
  }

  /**
   * The same after an answer.
   *
   * @param end whether its head is all of it, so that a gRPC status in it is the call's
   */
  public @Nullable String again(
      String method, int attempts, int status, Headers answer, boolean end, long now) {
    String word = word(method, status, answer, end);
    return word != null
            && attempts < config.attempts()
            && retryAfterNanos(answer) <= config.maxBackoff().toNanos()
            && spend(now)
        ? word
        : null;
  }

  private @Nullable String word(String method, int status, Headers answer, boolean end) {
    if (status == OK) {
      return end && !config.grpc().isEmpty() ? grpcWord(answer) : null;
    }
    if (status < FIRST_ERROR) {
      return null;
    }
    String word = Integer.toString(status);
    return config.on().contains(word) && mayRepeat(method) ? word : null;
  }

  private @Nullable String grpcWord(Headers answer) {
    int code = GrpcStatus.code(answer.get(HeaderName.GRPC_STATUS));
    String word = code < 1 || code > GrpcWords.ALL.size() ? null : GrpcWords.ALL.get(code - 1);
    return word != null && config.grpc().contains(word) ? word : null;
  }

  /** Whether a request would be sent again after that answer, if the budget allowed. */
  public boolean wouldRepeat(String method, int status, Headers answer, boolean end) {
    return word(method, status, answer, end) != null;
  }

  /** Whether a request with that method only asks for something (RFC 9110 section 9.2.1). */
  public static boolean reads(String method) {
    return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
  }

  /** Whether a request may be sent beside itself, and if so takes that from the budget. */
  public boolean hedge(int attempts, long now) {
    return attempts < config.attempts() && spend(now);
  }

  /**
   * After what such a request is sent again, in the words of the configuration, as long as the
   * budget lasts.
   */
  public List<String> words(String method, Headers request) {
    if (config.attempts() == 1) {
      return List.of();
    }
    List<String> words = new ArrayList<>(config.on());
    words.removeIf(word -> !nothingWasDone(word) && !mayRepeat(method));
    if (GrpcStatus.isGrpc(request.get(HeaderName.CONTENT_TYPE))) {
      words.addAll(config.grpc());
    }
    return words;
  }

  private boolean mayRepeat(String method) {
    return config.methods() == Retry.Methods.ANY || IDEMPOTENT.contains(method);
  }

  /**
   * Whether the body of such a request may be needed again once it has been sent.
   *
   * @param refusable whether the endpoint may refuse a request after it has been sent
   */
  public boolean needsBody(String method, Headers request, boolean refusable) {
    return config.attempts() > 1
        && (mayRepeat(method)
            || (refusable && refusalsCount())
            || (!config.grpc().isEmpty()
                && GrpcStatus.isGrpc(request.get(HeaderName.CONTENT_TYPE))));
  }

  private boolean refusalsCount() {
    return config.on().contains(Retry.REFUSED_STREAM)
        || config.on().contains(Retry.CONNECT_FAILURE);
  }

  /** Takes a further attempt from the budget, if there is one in it. */
  private boolean spend(long now) {
    accrue(now);
    if (saved < 1) {
      return false;
    }
    saved--;
    return true;
  }

  /** How many further attempts are in the budget. */
  public double left(long now) {
    accrue(now);
    return saved;
  }

  private void accrue(long now) {
    saved = Math.min(MOST_SAVED, saved + (now - savedAt) * savedPerNano);
    savedAt = now;
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
