package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.retry.HedgeTimers;
import dev.headgate.retry.RetryRules;
import dev.headgate.upstream.Pending;
import dev.headgate.upstream.Tried;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamRequest;
import dev.headgate.upstream.UpstreamStream;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one request to get an answer, one after the other: each finds a connection for
 * {@link Forwarding}, and what came of it is told to the pool.
 */
@LoopConfined
final class Attempts {
  private static final HeaderName ATTEMPT_COUNT = HeaderName.of("x-attempt-count");

  private final Forwarding forwarding;
  private final Loop loop;
  private final Exchange exchange;
  private final UpstreamPool pool;
  private final UpstreamRequest request;
  private Tried tried = new Tried();
  private @Nullable Hedge hedge;
  private @Nullable RequestTimeout bound;
  private @Nullable Pending waiting;

  /** Whether this is the pause before another attempt. */
  private boolean pausing;

  Attempts(
      Forwarding forwarding,
      Loop loop,
      Exchange exchange,
      UpstreamPool pool,
      UpstreamRequest request) {
    this.forwarding = forwarding;
    this.loop = loop;
    this.exchange = exchange;
    this.pool = pool;
    this.request = request;
  }

  /**
   * @param bodiless whether there is neither a body nor trailers
   * @param timeout the bound of the whole request; null for none
   */
  void begin(boolean bodiless, @Nullable RequestTimeout timeout) {
    bound = timeout;
    pool.requested(exchange, tried);
    HedgeTimers hedges = pool.hedges();
    if (hedges != null && bodiless && RetryRules.reads(request.method())) {
      hedge = new Hedge(forwarding, this, loop, pool, hedges);
    }
    open();
  }

  private void open() {
    Pending waits = pool.open(forwarding, tried);
    if (waits != null) {
      waiting = waits;
    }
  }

  /** Whether an attempt waits for a connection. */
  boolean waits() {
    return waiting != null;
  }

  /** The attempt has its connection, and the request is about to be sent on it. */
  void connected() {
    waiting = null;
    tellDeadline();
  }

  private void tellDeadline() {
    if (bound != null) {
      bound.tell(request.headers());
    }
  }

  /** There is an answer with that status. */
  void answered(int status, long now) {
    pool.answered(tried, status, now);
  }

  /** The attempt came to nothing. */
  void failed(Failure failure) {
    waiting = null;
    pool.failed(tried, failure);
  }

  /** Sends the request once more after that failure if it may be; it can be. */
  boolean again(Failure failure) {
    RetryRules rules = pool.retries();
    String why = rules.again(request.method(), tried.count(), failure, loop.nanos());
    if (why != null) {
      pause(why, rules.pauseNanos(tried.count(), ThreadLocalRandom.current()));
    }
    return why != null;
  }

  /** The same after an answer, of which the client knows nothing yet. */
  boolean again(int status, Headers answer, boolean end) {
    RetryRules rules = pool.retries();
    String why = rules.again(request.method(), tried.count(), status, answer, end, loop.nanos());
    if (why != null) {
      long asked = RetryRules.retryAfterNanos(answer);
      forwarding.discard(); // The connection takes its header fields back.
      pause(why, asked > 0 ? asked : rules.pauseNanos(tried.count(), ThreadLocalRandom.current()));
    }
    return why != null;
  }

  /** To another endpoint if there is one, after a pause. */
  private void pause(String why, long nanos) {
    exchange.retried();
    pool.retried(why);
    request.headers().set(ATTEMPT_COUNT, Integer.toString(tried.count() + 1));
    pausing = true;
    forwarding.pause();
    loop.schedule(this::pauseOver, nanos);
  }

  private void pauseOver() {
    if (pausing) {
      pausing = false;
      open();
    }
  }

  // A second attempt beside the one that is under way.

  /** Where the request was sent to. */
  Tried tried() {
    return tried;
  }

  /** Whether there is a second attempt, so that not all is lost when this one fails. */
  boolean hedgeUnderWay() {
    return hedge != null && hedge.underWay();
  }

  /** Whether such an answer is none that another attempt would not try to better. */
  boolean wouldRepeat(int status, Headers answer, boolean end) {
    return pool.retries().wouldRepeat(request.method(), status, answer, end);
  }

  /** Sends the request as that attempt; the first may have yet to be sent. */
  void sendBeside(UpstreamStream to, int number) {
    tellDeadline();
    Headers headers = request.headers();
    headers.set(ATTEMPT_COUNT, Integer.toString(number));
    to.head(request, true);
    headers.remove(ATTEMPT_COUNT);
    to.flush();
  }

  /** From now on it is the second attempt that counts. */
  void adopt(Tried second) {
    tried = second;
  }

  /** That came of the second attempt. */
  void hedged(String outcome) {
    exchange.hedge(outcome);
    pool.hedged(outcome);
  }

  /** The client gets an answer. */
  void decided(long now) {
    if (hedge != null) {
      hedge.firstAnswered(now);
    }
  }

  /** Nobody waits for an answer any more. */
  void cancel() {
    letGo();
    if (hedge != null) {
      hedge.cancel();
    }
  }

  /** Something else is asked from now on. */
  void giveWay() {
    cancel();
    request.headers().remove(ATTEMPT_COUNT);
  }

  /** Gives up this attempt. */
  void letGo() {
    Pending open = waiting;
    waiting = null;
    pausing = false;
    pool.undecided(tried);
    if (open != null) {
      open.cancel();
    }
  }

  /**
   * The time that the route allows is over. That is the endpoint's doing if it had most of it and
   * all of the request.
   */
  void overdue(Failure failure) {
    long now = loop.nanos();
    if (tried.count() == 1 && 2 * (now - exchange.forwardNanos()) >= now - exchange.startNanos()) {
      pool.failed(tried, failure);
    }
  }
}
