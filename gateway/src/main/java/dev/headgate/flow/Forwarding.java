package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.retry.ReplayBody;
import dev.headgate.upstream.Tried;
import dev.headgate.upstream.UpstreamListener;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamRequest;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
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
  /** From here on an answer may be no good. */
  private static final int ERROR = 400;

  private final RequestFlow flow;
  private final Loop loop;
  private final ClientStream client;
  private final Exchange exchange;
  private final UpstreamPool pool;
  private final UpstreamRequest request;

  private final Attempts attempts;
  private @Nullable UpstreamStream stream;

  /** Null where the request has neither body nor trailers. */
  private @Nullable RequestBody body;

  private @Nullable BodyInspection answerInspection;
  private boolean answered;
  private boolean tunnel;

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
    this.attempts = new Attempts(this, loop, exchange, pool, request);
  }

  /**
   * Finds a connection and sends the request's head.
   *
   * @param end whether the request has neither body nor trailers
   * @param inspecting who looks at the body; null for nobody
   * @param timeout the bound of the whole request; null for none
   */
  void begin(boolean end, @Nullable BodyInspection inspecting, @Nullable RequestTimeout timeout) {
    if (!end) {
      body = new RequestBody(this, flow, client, inspecting, kept());
    }
    attempts.begin(end, timeout);
  }

  private @Nullable ReplayBody kept() {
    return request.webSocket()
        ? null
        : pool.keeping(request, BodyInspection.announced(request.headers()));
  }

  /** Sends the request once more after that failure if it may be. */
  boolean again(Failure failure) {
    return repeatable() && attempts.again(failure);
  }

  /** Until another attempt begins. */
  void pause() {
    loop.cancel(this);
    if (body != null) {
      body.stop();
    }
  }

  /** Whether the request can be sent from its beginning, and nobody has been answered yet. */
  private boolean repeatable() {
    return !answered && (body == null || body.repeatable()) && !request.webSocket();
  }

  /** Whether the request can go elsewhere as a whole. */
  boolean unsent() {
    return !answered
        && !request.webSocket()
        && (body == null || body.unsent(exchange.endpoint() != null));
  }

  /** Gives up for what stands in, which gets whoever looks at the request's body. */
  @Nullable BodyInspection giveWay() {
    discard();
    attempts.giveWay();
    BodyInspection looking = body == null ? null : body.takeInspection();
    close();
    return looking;
  }

  /** Whether this has become a WebSocket. */
  boolean tunnelled() {
    return tunnel;
  }

  @Override
  public void connected(UpstreamStream opened) {
    attempts.connected();
    stream = opened;
    exchange.endpoint(opened.endpoint());
    opened.head(request, body == null);
    waitForUpstream();
    if (body != null) {
      body.start(opened, request.webSocket());
    }
    if (!flow.delivering()) {
      opened.flush();
    }
  }

  @Override
  public void failed(Failure failure) {
    stream = null;
    loop.cancel(this);
    attempts.failed(failure);
    if (!attempts.hedgeUnderWay()) {
      flow.forwardFailed(this, failure);
    }
  }

  @Override
  protected void expired() {
    if (tunnel) {
      flow.fail(Failure.gateway(Stage.FORWARD, 504, "websocket.idle", "both sides were silent"));
      return;
    }
    Failure late =
        Failure.upstream(
            false, 504, "upstream.timeout", exchange.endpoint() + " did not answer in time");
    attempts.failed(late);
    UpstreamStream open = letGo();
    if (open != null) {
      open.cancel();
    }
    if (!attempts.hedgeUnderWay()) {
      flow.forwardFailed(this, late);
    }
  }

  /** The time that the route allows is over. */
  void overdue(Failure failure) {
    if (requestComplete()) {
      attempts.overdue(failure);
    }
  }

  private boolean requestComplete() {
    return body == null || body.complete();
  }

  /** Something was sent or came: from now on the upstream has its time again. */
  void waitForUpstream() {
    if (stream != null && tunnel) {
      loop.arm(this, pool.tunnelNanos());
    } else if (stream != null) {
      loop.arm(this, answered || !requestComplete() ? pool.idleNanos() : pool.responseNanos());
    }
  }

  /** Adds to the answer what belongs to such a failure. */
  void explain(Failure failure, Headers headers) {
    long seconds = pool.retryAfterSeconds(failure.reason());
    if (seconds > 0) {
      headers.set(HeaderName.RETRY_AFTER, Long.toString(seconds));
    }
  }

  // A second attempt beside this one.

  /** Whether the first attempt has neither failed nor been answered. */
  boolean underWay() {
    return !answered && (stream != null || attempts.waits());
  }

  /** Whether the other attempt is waited for rather than such an answer taken. */
  boolean unwelcome(int status, Headers headers, boolean end) {
    return attempts.wouldRepeat(status, headers, end)
        || (status >= ERROR && flow.decisions().fallback(Integer.toString(status)) != null);
  }

  /** The second attempt came to nothing; so did the request if the first had before. */
  void secondFailed(Failure failure, Tried tried) {
    if (!underWay()) {
      attempts.adopt(tried);
      flow.forwardFailed(this, failure);
    }
  }

  /** The second attempt is answered first. */
  void takeOver(UpstreamStream winner, Tried tried) {
    UpstreamStream first = letGo();
    if (first != null) {
      first.cancel();
    }
    loop.cancel(this);
    stream = winner;
    attempts.adopt(tried);
    exchange.endpoint(winner.endpoint());
  }

  /** Gives up; the upstream is not heard any more. */
  void cancel() {
    attempts.cancel();
    UpstreamStream open = letGo();
    if (open != null) {
      open.cancel();
    }
  }

  /** Does not want the rest of an answer. */
  void discard() {
    UpstreamStream open = letGo();
    if (open != null) {
      open.discard();
    }
  }

  private @Nullable UpstreamStream letGo() {
    UpstreamStream open = stream;
    stream = null;
    attempts.letGo();
    if (body != null) {
      body.detach();
    }
    return open;
  }

  // From the client to the upstream.

  /** Passes on a piece of the request's body and takes over the buffer. */
  void requestData(ByteBuf data) {
    if (body == null) {
      data.release();
    } else {
      body.data(data);
    }
  }

  void requestEnd(@Nullable Headers trailers) {
    if (body != null) {
      body.end(trailers);
    }
  }

  /** Nothing of the request's body is kept for another attempt. */
  void notKept(ReplayBody.Loss why) {
    pool.notKept(why);
  }

  /** The request has ended. */
  void close() {
    loop.cancel(this);
    if (body != null) {
      body.close();
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
    if (!requestComplete()) {
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
    attempts.answered(status, now);
    if (attempts.hedgeUnderWay() && unwelcome(status, headers, end)) {
      loop.cancel(this);
      discard(); // The second attempt may be answered better.
      return;
    }
    if ((repeatable() && attempts.again(status, headers, end))
        || (status >= ERROR && flow.fallBack(this, Integer.toString(status)))
        || (!end && refused(status, headers))) {
      return;
    }
    answered();
    attempts.decided(now);
    exchange.upstreamHeadNanos(now);
    if (end) {
      stream = null;
      exchange.upstreamEndNanos(exchange.upstreamHeadNanos());
    }
    flow.respond(status, headers, end);
    waitForUpstream();
  }

  /** The client gets this answer; the request is not sent again. */
  private void answered() {
    answered = true;
    if (body != null) {
      body.forget();
    }
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
    attempts.answered(101, now);
    answered();
    tunnel = true;
    waitForUpstream();
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
