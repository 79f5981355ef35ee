package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.flow.ClientStream;
import dev.headgate.flow.RequestFlow;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Http2Head;
import dev.headgate.http.MessageRules;
import dev.headgate.http2.FieldBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One request on a client's HTTP/2 connection.
 *
 * <p>The last piece of an answer's body is held back until it is known whether another follows, so
 * that the end of the stream goes out with it and not in a frame of its own. A request's body that
 * comes while the flow does not want it waits here; its bytes are not given back to the client's
 * window before the flow has taken them, so what waits is never more than one window.
 */
@LoopConfined
final class Http2ClientStream implements ClientStream {
  private static final long UNSTATED = -1;

  private final Http2Connection connection;
  private final Http2Stream stream;

  private @Nullable RequestFlow flow;
  private @Nullable Headers requestHeaders;
  private @Nullable Headers responseHeaders;

  // The request.
  private long bodyLeft = UNSTATED;
  private boolean requestComplete;
  private boolean demand;
  private boolean delivering;
  private boolean headRequest;
  private boolean tunnel;
  private @Nullable ArrayDeque<ByteBuf> held;
  private boolean heldEnd;
  private @Nullable Headers heldTrailers;

  // The answer.
  private boolean headSent;
  private boolean responseComplete;
  private @Nullable ByteBuf last;

  /** Set where the request is malformed and the protocol wants a reset instead of an answer. */
  private boolean mute;

  private boolean closed;
  private long progressNanos;

  Http2ClientStream(Http2Connection connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
    this.progressNanos = connection.context().serving().loop().nanos();
  }

  int id() {
    return stream.id();
  }

  // What comes from the client.

  void headRead(boolean end) {
    connection.requestBegun();
    connection.touch(this);
    Http2Head head = connection.fields().head();
    Headers headers = head.headers();
    connection.fields().taken();
    requestHeaders = headers;
    requestComplete = end;
    try {
      head.checkRequest();
      checkBody(headers, end, head.extendedConnect());
      begin(head, end);
    } catch (BadMessage e) {
      refuse(e);
    }
  }

  private void checkBody(Headers headers, boolean end, boolean webSocket) throws BadMessage {
    if (headers.has(HeaderName.EXPECT) && !headers.valueIs(HeaderName.EXPECT, "100-continue")) {
      throw new BadMessage(417, "framing.expect", "an expectation other than 100-continue");
    }
    if (headers.has(HeaderName.CONTENT_LENGTH)) {
      bodyLeft = MessageRules.contentLength(headers);
      if (end && bodyLeft > 0) {
        throw new BadMessage(400, "framing.length", "a Content-Length and no body");
      }
    }
    if (webSocket && (end || bodyLeft >= 0)) {
      throw new BadMessage(400, "websocket.handshake", "a WebSocket handshake that is not one");
    }
  }

  private void begin(Http2Head head, boolean end) {
    String method = head.extendedConnect() ? "GET" : head.method();
    headRequest = method.equals("HEAD");
    newFlow(
            new Exchange.Head(
                method, head.authority(), head.host(), head.path(), head.extendedConnect()))
        .start(end);
  }

  private RequestFlow newFlow(Exchange.Head head) {
    Headers request = requestHeaders == null ? connection.freshHeaders() : requestHeaders;
    Headers answer = connection.freshHeaders();
    requestHeaders = request;
    responseHeaders = answer;
    Exchange exchange =
        new Exchange(connection.client(), "HTTP/2", head, request, answer, progressNanos);
    RequestFlow made = new RequestFlow(connection.context().serving(), exchange, this);
    flow = made;
    return made;
  }

  /**
   * Answers what cannot be served; what is malformed is reset instead (RFC 9113 section 8.1.1).
   * Both are recorded.
   */
  private void refuse(BadMessage e) {
    mute =
        e.status() == 400
            && !e.reason().startsWith("host.")
            && !e.reason().startsWith("websocket.");
    Headers headers = requestHeaders;
    if (headers != null) {
      headers.clear();
    }
    newFlow(new Exchange.Head("-", "", "", "-", false)).refuse(failure(e));
  }

  private static Failure failure(BadMessage e) {
    return Failure.client(Stage.READ, e.status(), e.reason(), e.detail());
  }

  /**
   * Takes in a piece of the body.
   *
   * @return how many of its bytes are dealt with already
   */
  int dataRead(ByteBuf data, boolean end) {
    int count = data.readableBytes();
    progressNanos = connection.context().serving().loop().nanos();
    RequestFlow current = flow;
    if (current == null || responseComplete || requestComplete) {
      requestComplete |= end;
      return count;
    }
    connection.touch(this);
    if (bodyLeft >= 0 && !tunnel) {
      bodyLeft -= count;
      if (bodyLeft < 0 || (end && bodyLeft > 0)) {
        broken(
            current,
            new BadMessage(
                400, "framing.length", "a body that is not as long as Content-Length says"));
        return count;
      }
    }
    boolean now = demand && !delivering && (held == null || held.isEmpty());
    if (now && count > 0) {
      current.requestData(data.retain());
    } else if (count > 0) {
      hold(data.retain());
    }
    if (end) {
      heldEnd = true;
      deliver();
    }
    return now ? count : 0;
  }

  private void hold(ByteBuf data) {
    ArrayDeque<ByteBuf> queue = held;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      held = queue;
    }
    queue.addLast(data);
  }

  void trailersRead() {
    RequestFlow current = flow;
    Http2Head head = connection.fields().head();
    if (current == null || responseComplete || requestComplete) {
      requestComplete = true;
      return;
    }
    connection.touch(this);
    try {
      head.checkTrailers();
      if (bodyLeft > 0) {
        throw new BadMessage(
            400, "framing.length", "a body that is not as long as Content-Length says");
      }
      if (!head.headers().isEmpty()) {
        heldTrailers = head.headers();
        connection.fields().taken();
      }
      heldEnd = true;
      deliver();
    } catch (BadMessage e) {
      broken(current, e);
    }
  }

  private void broken(RequestFlow current, BadMessage e) {
    mute = true;
    requestComplete = true;
    releaseHeld();
    current.requestBroken(failure(e));
  }

  /** Gives the flow what waits, for as long as it wants it. */
  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    ArrayDeque<ByteBuf> queue = held;
    RequestFlow current = flow;
    while (queue != null && current != null && demand && !responseComplete && !queue.isEmpty()) {
      ByteBuf data = queue.removeFirst();
      int count = data.readableBytes();
      current.requestData(data);
      consumed(count);
    }
    delivering = false;
    if (heldEnd
        && demand
        && current != null
        && !requestComplete
        && !responseComplete
        && (queue == null || queue.isEmpty())) {
      requestComplete = true;
      current.requestEnd(heldTrailers);
    }
  }

  private void consumed(int count) {
    try {
      connection.decoder().flowController().consumeBytes(stream, count);
    } catch (Http2Exception e) {
      connection.onError(connection.ctx(), false, e);
    }
  }

  void readComplete() {
    RequestFlow current = flow;
    if (current != null && !closed) {
      current.clientReadComplete();
    }
    writeLast();
  }

  void writabilityChanged() {
    progressNanos = connection.context().serving().loop().nanos();
    RequestFlow current = flow;
    if (current != null && headSent && !responseComplete && !closed) {
      current.clientWritable(writable());
    }
  }

  void progressed(long nanos) {
    progressNanos = nanos;
  }

  /** How long the client may still keep this stream waiting. */
  long patienceLeft(long nowNanos, long patienceNanos) {
    boolean sending = demand && !requestComplete && !headSent && !tunnel;
    boolean reading = connection.encoder().flowController().hasFlowControlled(stream);
    long progress = Math.max(progressNanos, reading ? connection.windowNanos() : progressNanos);
    return sending || reading ? progress + patienceNanos - nowNanos : patienceNanos;
  }

  /** The client has kept the stream waiting for too long. */
  void timedOut() {
    RequestFlow current = flow;
    if (current != null && !headSent) {
      releaseHeld();
      current.requestBroken(
          Failure.client(Stage.READ, 408, "client.body_timeout", "the body did not come in time"));
      return;
    }
    gone("client.read_timeout");
    connection.reset(this, Http2Error.CANCEL);
  }

  /** The library has closed the stream, whoever's doing it was. */
  void closed() {
    gone(connection.closing() ? "client.closed" : "client.reset");
    connection.finished(this);
  }

  private void gone(String reason) {
    closed = true;
    releaseHeld();
    RequestFlow current = flow;
    if (current != null && !responseComplete) {
      responseComplete = true;
      current.clientGone(reason);
    }
  }

  private void releaseHeld() {
    ArrayDeque<ByteBuf> queue = held;
    if (queue != null) {
      held = null;
      queue.forEach(ByteBuf::release);
    }
    ByteBuf unsent = last;
    if (unsent != null) {
      last = null;
      unsent.release();
    }
  }

  /**
   * The end of the answer is on its way. A client that is still sending may stop (RFC 9113 section
   * 8.1).
   */
  void answerSent() {
    if (!requestComplete) {
      connection.context().serving().loop().execute(this::stopRequest);
    }
  }

  private void stopRequest() {
    if (!closed && !requestComplete) {
      connection.reset(this, Http2Error.NO_ERROR);
    }
  }

  /** Gives back what was borrowed; the flow is done. */
  void recycle() {
    flow = null;
    Headers request = requestHeaders;
    Headers answer = responseHeaders;
    requestHeaders = null;
    responseHeaders = null;
    if (request != null) {
      connection.context().io().headers().give(request);
    }
    if (answer != null) {
      connection.context().io().headers().give(answer);
    }
  }

  // What the flow calls.

  @Override
  public void informational(int status, Headers headers) {
    if (!closed && !mute && !headSent) {
      writeHeaders(connection.block().response(status).fields(headers), false);
    }
  }

  @Override
  public void head(int status, Headers headers, boolean end) {
    headSent = true;
    if (closed) {
      return;
    }
    if (!mute) {
      responseComplete = end;
      writeHeaders(connection.block().response(status).fields(headers), end);
    }
    if (end) {
      ended();
    }
  }

  private void writeHeaders(FieldBlock block, boolean end) {
    ChannelHandlerContext ctx = connection.ctx();
    connection.budget().earn();
    connection.encoder().writeHeaders(ctx, stream.id(), block, 0, end, ctx.newPromise());
  }

  @Override
  public void data(ByteBuf data) {
    if (closed || mute || responseComplete || headRequest || !data.isReadable()) {
      data.release();
      return;
    }
    writeLast();
    last = data;
  }

  private void writeLast() {
    ByteBuf data = last;
    if (data != null) {
      last = null;
      writeData(data, false);
    }
  }

  private void writeData(ByteBuf data, boolean end) {
    ChannelHandlerContext ctx = connection.ctx();
    connection.budget().earn(data.readableBytes());
    connection.encoder().writeData(ctx, stream.id(), data, 0, end, ctx.newPromise());
  }

  @Override
  public void end(@Nullable Headers trailers) {
    if (closed || responseComplete) {
      return;
    }
    ByteBuf data = last;
    last = null;
    if (!mute) {
      responseComplete = true;
      if (trailers == null) {
        writeData(data == null ? Unpooled.EMPTY_BUFFER : data, true);
      } else {
        if (data != null) {
          writeData(data, false);
        }
        // The body may have to wait for the client's window, and the trailers with it: they need a
        // block of their own.
        writeHeaders(new FieldBlock().trailers().fields(trailers), true);
      }
    }
    ended();
  }

  private void ended() {
    responseComplete = true;
    if (mute) {
      connection.reset(this, Http2Error.PROTOCOL_ERROR);
    }
    connection.scheduleFlush();
  }

  @Override
  public void flush() {
    writeLast();
    connection.scheduleFlush();
  }

  @Override
  public void abort() {
    if (!closed) {
      responseComplete = true;
      releaseHeld();
      connection.reset(this, mute ? Http2Error.PROTOCOL_ERROR : Http2Error.INTERNAL_ERROR);
    }
  }

  @Override
  public boolean writable() {
    return !closed && connection.encoder().flowController().isWritable(stream);
  }

  @Override
  public void demand(boolean wanted) {
    if (demand == wanted) {
      return;
    }
    demand = wanted;
    if (wanted && !requestComplete && !closed) {
      progressNanos = connection.context().serving().loop().nanos();
      boolean waiting = heldEnd || (held != null && !held.isEmpty());
      if (waiting && !delivering) {
        deliver();
        readComplete();
        connection.scheduleFlush();
      }
    }
  }

  @Override
  public void tunnel(Headers headers) {
    tunnel = true;
    headSent = true;
    if (!closed) {
      writeHeaders(connection.block().response(200).fields(headers), false);
    }
  }
}
