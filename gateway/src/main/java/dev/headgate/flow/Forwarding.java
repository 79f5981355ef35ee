package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.upstream.Pending;
import dev.headgate.upstream.RetryRules;
import dev.headgate.upstream.Tried;
import dev.headgate.upstream.UpstreamListener;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamRequest;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What goes to and fro between one client and one upstream: it finds a connection, passes the
 * bodies on both ways and holds back whichever side is ahead of the other. What an answer or a
 * failure means for the request is {@link RequestFlow}'s to say.
 *
 * <p>As a deadline it bounds the time until something more comes from the upstream. While it is the
 * client that is waited for, it is off: the client's connection has a timer of its own.
 */
@LoopConfined
final class Forwarding extends Deadline implements UpstreamListener {
  private static final HeaderName ATTEMPT_COUNT = HeaderName.of("x-attempt-count");

  private final RequestFlow flow;
  private final Loop loop;
  private final ClientStream client;
  private final Exchange exchange;
  private final UpstreamPool pool;
  private final UpstreamRequest request;

  private @Nullable Pending attempt;
  private @Nullable UpstreamStream stream;
  private final Tried tried = new Tried();
  private @Nullable BodyInspection inspection;
  private @Nullable BodyInspection answerInspection;
  private boolean requestComplete;
  private boolean answered;
  private boolean tunnel;

  /** Whether this is the pause before another attempt. */
  private boolean pausing;

  Forwarding(
      RequestFlow flow,
      Loop loop,
      ClientStream client,
      Exchange exchange,
      UpstreamPool pool,
      UpstreamRequest request) {
    this.flow = flow;
    this.loop = loop;
    this.client = client;
    this.exchange = exchange;
    this.pool = pool;
    this.request = request;
  }

  /**
   * Finds a connection and sends the request's head.
   *
   * @param end whether the request has neither body nor trailers
   * @param inspecting who looks at the body; null for nobody
   */
  void begin(boolean end, @Nullable BodyInspection inspecting) {
    requestComplete = end;
    inspection = inspecting;
    pool.requested(exchange, tried);
    open();
  }

  /**
   * Sends the request once more after that failure if it may be: after a pause, to another endpoint
   * if there is one.
   */
  boolean again(Failure failure) {
    boolean may =
        untouched() && pool.retries().again(request.method(), tried.count(), failure, loop.nanos());
    if (may) {
      pause(pool.retries().pauseNanos(tried.count(), ThreadLocalRandom.current()));
    }
    return may;
  }

  /** The same after an answer, of which the client knows nothing yet. */
  private boolean again(int status, Headers answer) {
    boolean may =
        untouched()
            && requestComplete
            && pool.retries().again(request.method(), tried.count(), status, answer, loop.nanos());
    if (may) {
      long asked = RetryRules.retryAfterNanos(answer);
      long pause =
          asked > 0 ? asked : pool.retries().pauseNanos(tried.count(), ThreadLocalRandom.current());
      cancel(); // The connection takes its header fields back.
      pause(pause);
    }
    return may;
  }

  private void pause(long nanos) {
    exchange.retried();
    request.headers().set(ATTEMPT_COUNT, Integer.toString(tried.count() + 1));
    pausing = true;
    loop.cancel(this);
    loop.schedule(this::pauseOver, nanos);
  }

  /** Whether the upstream may have seen nothing of the request that matters. */
  private boolean untouched() {
    return !answered && (exchange.requestBytes() == 0 || flow.keepsBody()) && !request.webSocket();
  }

  /** Whether this has become a WebSocket. */
  boolean tunnelled() {
    return tunnel;
  }

  private void pauseOver() {
    if (pausing) {
      pausing = false;
      open();
    }
  }

  private void open() {
    Pending waits = pool.open(this, tried);
    if (waits != null) {
      attempt = waits;
    }
  }

  @Override
  public void connected(UpstreamStream opened) {
    attempt = null;
    stream = opened;
    exchange.endpoint(opened.endpoint());
    opened.head(request, requestComplete);
    waitForUpstream();
    if (!requestComplete && !request.webSocket()) {
      deliverBody(flow.takeKept());
    }
    if (!flow.delivering()) {
      opened.flush();
    }
  }

  @Override
  public void failed(Failure failure) {
    attempt = null;
    stream = null;
    loop.cancel(this);
    pool.failed(tried, failure);
    flow.forwardFailed(this, failure);
  }

  @Override
  protected void expired() {
    Failure late =
        Failure.upstream(
            false, 504, "upstream.timeout", exchange.endpoint() + " did not answer in time");
    pool.failed(tried, late);
    cancel();
    flow.forwardFailed(this, late);
  }

  /**
   * The time that the route allows is over. That is the endpoint's doing if it had most of it and
   * all of the request.
   */
  void overdue(Failure failure) {
    long now = loop.nanos();
    if (requestComplete
        && tried.count() == 1
        && 2 * (now - exchange.forwardNanos()) >= now - exchange.startNanos()) {
      pool.failed(tried, failure);
    }
  }

  private void waitForUpstream() {
    if (stream != null && !tunnel) {
      loop.arm(this, answered || !requestComplete ? pool.idleNanos() : pool.responseNanos());
    }
  }

  /** Adds to the answer what belongs to such a failure. */
  void explain(Failure failure, Headers headers) {
    long seconds = pool.retryAfterSeconds(failure.reason());
    if (seconds > 0) {
      headers.set(HeaderName.RETRY_AFTER, Long.toString(seconds));
    }
  }

  /** Gives up; the upstream is not heard any more. */
  void cancel() {
    Pending waiting = attempt;
    UpstreamStream open = stream;
    attempt = null;
    stream = null;
    pausing = false;
    pool.undecided(tried);
    if (waiting != null) {
      waiting.cancel();
    }
    if (open != null) {
      open.cancel();
    }
  }

  // From the client to the upstream.

  /** The upstream takes the body: first what was kept of it. */
  private void deliverBody(@Nullable KeptBody kept) {
    ByteBuf bytes = kept == null ? null : kept.take();
    if (bytes != null) {
      requestData(bytes);
    }
    if (stream != null && kept != null && kept.whole()) {
      requestEnd(kept.trailers());
    } else if (stream != null) {
      client.demand(true);
    }
  }

  /** Passes on a piece of the request's body and takes over the buffer. */
  void requestData(ByteBuf data) {
    BodyInspection inspecting = inspection;
    Failure refused = inspecting == null ? null : inspecting.piece(data);
    if (refused != null) {
      data.release();
      flow.fail(refused);
    } else if (inspecting == null || !inspecting.withholds(data)) {
      send(data);
    }
  }

  private void send(ByteBuf data) {
    UpstreamStream to = stream;
    if (to == null) {
      data.release();
      return;
    }
    to.data(data);
    waitForUpstream();
    if (!to.writable()) {
      client.demand(false);
    }
  }

  void requestEnd(@Nullable Headers trailers) {
    BodyInspection inspecting = inspection;
    Failure refused = inspecting == null ? null : inspecting.end();
    if (refused != null) {
      flow.fail(refused);
      return;
    }
    ByteBuf withheld = inspecting == null ? null : inspecting.release();
    if (withheld != null) {
      send(withheld);
    }
    requestComplete = true;
    UpstreamStream to = stream;
    if (to != null) {
      to.end(trailers);
      waitForUpstream();
    }
  }

  /** The request has ended. */
  void close() {
    loop.cancel(this);
    if (inspection != null) {
      inspection.close();
    }
    if (answerInspection != null) {
      answerInspection.close();
    }
  }

  void flush() {
    UpstreamStream to = stream;
    if (to != null) {
      to.flush();
    }
  }

  @Override
  public void upstreamWritable(boolean writable) {
    if (!requestComplete) {
      client.demand(writable);
    }
  }

  // From the upstream to the client.

  @Override
  public void informational(int status, Headers headers) {
    client.informational(status, headers);
    client.flush();
  }

  @Override
  public void responseHead(int status, Headers headers, boolean end) {
    long now = loop.nanos();
    pool.answered(tried, status, now);
    if (again(status, headers) || (!end && refused(status, headers))) {
      return;
    }
    answered = true;
    exchange.upstreamHeadNanos(now);
    if (end) {
      stream = null;
      exchange.upstreamEndNanos(exchange.upstreamHeadNanos());
    }
    flow.respond(status, headers, end);
    waitForUpstream();
  }

  /** Shows the answer to who wants to see it; whether its head is refused. */
  private boolean refused(int status, Headers headers) {
    if (exchange.answerWatches().isEmpty()) {
      return false;
    }
    BodyInspection inspecting = BodyInspection.ofAnswer(exchange, flow.decisions(), headers);
    answerInspection = inspecting;
    Failure refused = inspecting.head(status, headers);
    if (refused != null) {
      flow.fail(refused);
    }
    return refused != null;
  }

  @Override
  public void responseData(ByteBuf data) {
    UpstreamStream from = stream;
    if (from == null) {
      data.release();
      return;
    }
    exchange.addResponseBytes(data.readableBytes());
    BodyInspection inspecting = answerInspection;
    Failure refused = inspecting == null ? null : inspecting.piece(data);
    if (refused != null) {
      data.release();
      flow.fail(refused);
      return;
    }
    if (inspecting == null || !inspecting.withholds(data)) {
      client.data(data);
    }
    if (client.writable()) {
      waitForUpstream();
    } else {
      loop.cancel(this);
      from.demand(false);
    }
  }

  @Override
  public void responseEnd(@Nullable Headers trailers) {
    stream = null;
    exchange.upstreamEndNanos(loop.nanos());
    BodyInspection inspecting = answerInspection;
    Failure refused = inspecting == null ? null : inspecting.end();
    if (refused != null) {
      flow.fail(refused);
      return;
    }
    ByteBuf withheld = inspecting == null ? null : inspecting.release();
    if (withheld != null) {
      client.data(withheld);
    }
    flow.respondEnd(trailers);
  }

  @Override
  public void upstreamReadComplete() {
    client.flush();
  }

  @Override
  public void tunnelled(Headers headers) {
    long now = loop.nanos();
    pool.answered(tried, 101, now);
    answered = true;
    tunnel = true;
    loop.cancel(this);
    exchange.upstreamHeadNanos(now);
    flow.tunnel(headers);
    client.demand(true);
  }

  /** Whether the client takes more of the answer. */
  void clientWritable(boolean writable) {
    UpstreamStream from = stream;
    if (from != null && answered) {
      from.demand(writable);
      if (writable) {
        waitForUpstream();
      }
    }
  }
}
