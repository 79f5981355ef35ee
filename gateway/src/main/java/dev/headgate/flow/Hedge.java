package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.http.Headers;
import dev.headgate.retry.HedgeTimers;
import dev.headgate.upstream.Pending;
import dev.headgate.upstream.Tried;
import dev.headgate.upstream.UpstreamListener;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A second attempt beside the one that is under way, to another endpoint, for a request that is not
 * answered in time. The client gets the answer that begins first, and the other attempt is given
 * up. Once the second one has won, what comes is passed on to {@link Forwarding} as if it had made
 * the attempt itself; as long as nothing is decided, each can fail without the other.
 *
 * <p>As a deadline it bounds the time to the head of the answer.
 */
@LoopConfined
final class Hedge extends Deadline implements UpstreamListener {
  private enum State {
    /** It is not time yet, or there will be no second attempt. */
    IDLE,
    UNDER_WAY,
    WON,
    OVER
  }

  private final Forwarding forwarding;
  private final Attempts attempts;
  private final Loop loop;
  private final UpstreamPool pool;
  private final HedgeTimers timers;
  private final long begun;

  private State state = State.IDLE;
  private HedgeTimers.@Nullable Waiting timer;
  private Tried tried = new Tried();
  private long sent;
  private @Nullable Pending waiting;
  private @Nullable UpstreamStream stream;

  Hedge(
      Forwarding forwarding, Attempts attempts, Loop loop, UpstreamPool pool, HedgeTimers timers) {
    this.forwarding = forwarding;
    this.attempts = attempts;
    this.loop = loop;
    this.pool = pool;
    this.timers = timers;
    this.begun = loop.nanos();
    this.timer = timers.later(this::late);
  }

  /** Whether a second attempt is under way. */
  boolean underWay() {
    return state == State.UNDER_WAY;
  }

  /** There is no answer yet. */
  private void late() {
    timer = null;
    if (state != State.IDLE || !forwarding.underWay() || !pool.another(attempts.tried())) {
      return;
    }
    if (attempts.tried().count() == 0) {
      return; // It waits for a place at the upstream: a second one would wait behind it.
    }
    if (!pool.retries().hedge(attempts.tried().count(), loop.nanos())) {
      pool.hedged("no_budget");
      return;
    }
    state = State.UNDER_WAY;
    pool.hedging();
    sent = loop.nanos();
    tried = attempts.tried().beside();
    Pending waits = pool.open(this, tried);
    if (waits != null) {
      waiting = waits;
    }
  }

  @Override
  public void connected(UpstreamStream opened) {
    waiting = null;
    stream = opened;
    loop.arm(this, pool.responseNanos());
    attempts.sendBeside(opened, tried.count());
  }

  @Override
  public void failed(Failure failure) {
    if (state == State.WON) {
      forwarding.failed(failure);
      return;
    }
    waiting = null;
    stream = null;
    pool.failed(tried, failure);
    over("failed");
    forwarding.secondFailed(failure, tried);
  }

  @Override
  protected void expired() {
    UpstreamStream open = stream;
    String endpoint = open == null ? "nobody" : open.endpoint();
    if (open != null) {
      open.cancel();
    }
    failed(Failure.upstream(false, 504, "upstream.timeout", endpoint + " did not answer in time"));
  }

  @Override
  public void responseHead(int status, Headers headers, boolean end) {
    UpstreamStream answering = stream;
    if (answering == null) {
      return;
    }
    long now = loop.nanos();
    if (forwarding.underWay() && forwarding.unwelcome(status, headers, end)) {
      pool.answered(tried, status, now);
      stream = null;
      over("failed");
      answering.discard();
      return;
    }
    timers.delay().took(now - sent);
    timers.delay().took(now - begun); // The first took so long at least.
    over("won");
    state = State.WON;
    forwarding.takeOver(answering, tried);
    forwarding.responseHead(status, headers, end);
  }

  /** The attempt that was under way is answered. */
  void firstAnswered(long now) {
    if (state != State.WON) {
      timers.delay().took(now - begun);
      giveUp("lost");
    }
  }

  /** Nobody waits for an answer any more. */
  void cancel() {
    giveUp("given_up");
  }

  private void giveUp(String outcome) {
    HedgeTimers.Waiting row = timer;
    if (row != null) {
      timer = null;
      row.cancel();
    }
    if (state != State.UNDER_WAY) {
      return;
    }
    Pending open = waiting;
    UpstreamStream sending = stream;
    waiting = null;
    stream = null;
    pool.undecided(tried);
    over(outcome);
    if (open != null) {
      open.cancel();
    }
    if (sending != null) {
      sending.cancel();
    }
  }

  private void over(String outcome) {
    state = State.OVER;
    loop.cancel(this);
    attempts.hedged(outcome);
  }

  // What comes after the second attempt has won.

  @Override
  public void informational(int status, Headers headers) {
    if (state == State.WON) {
      forwarding.informational(status, headers);
    }
  }

  @Override
  public void tunnelled(Headers headers) {
    throw new IllegalStateException("no WebSocket is asked for twice");
  }

  @Override
  public void responseData(ByteBuf data) {
    forwarding.responseData(data);
  }

  @Override
  public void responseEnd(@Nullable Headers trailers) {
    forwarding.responseEnd(trailers);
  }

  @Override
  public void upstreamReadComplete() {
    if (state == State.WON) {
      forwarding.upstreamReadComplete();
    }
  }

  @Override
  public void upstreamWritable(boolean writable) {}
}
