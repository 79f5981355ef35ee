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
import dev.headgate.http2.IncomingBody;
import dev.headgate.http2.OutgoingBody;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request on a client's HTTP/2 connection.
 *
 * <p>It goes through {@link IncomingBody} to its flow, and what the flow answers through {@link
 * OutgoingBody} to the client.
 */
@LoopConfined
final class Http2ClientStream implements ClientStream, IncomingBody.Taker {
  private final Http2Connection connection;
  private final Http2Stream stream;

  private @Nullable RequestFlow flow;
  private @Nullable Headers requestHeaders;
  private @Nullable Headers responseHeaders;

  // The request.
  private final IncomingBody incoming = new IncomingBody(this, false);
  private boolean requestEnded;
  private boolean headRequest;
  private boolean tunnel;

  // The answer.
  private final OutgoingBody outgoing;
  private boolean headSent;
  private boolean responseComplete;

  /** Set where the request is malformed and the protocol wants a reset instead of an answer. */
  private boolean mute;

  private boolean closed;
  private long progressNanos;

  Http2ClientStream(Http2Connection connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
    this.outgoing = new OutgoingBody(connection.encoder(), connection.ctx(), stream.id());
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
    requestEnded = end;
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
      long length = MessageRules.contentLength(headers);
      if (end && length > 0) {
        throw new BadMessage(400, "framing.length", "a Content-Length and no body");
      }
      incoming.announce(length);
    }
    if (webSocket && (end || headers.has(HeaderName.CONTENT_LENGTH))) {
      throw new BadMessage(400, "websocket.handshake", "a WebSocket handshake that is not one");
    }
  }

  private void begin(Http2Head head, boolean end) {
    MessageRules.removeHopByHop(head.headers());
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
    requestEnded |= end;
    progressNanos = connection.context().serving().loop().nanos();
    RequestFlow current = flow;
    if (current == null || responseComplete) {
      return data.readableBytes();
    }
    connection.touch(this);
    try {
      return incoming.data(data, end);
    } catch (BadMessage e) {
      broken(current, e);
      return data.readableBytes();
    }
  }

  void trailersRead() {
    requestEnded = true;
    RequestFlow current = flow;
    Http2Head head = connection.fields().head();
    if (current == null || responseComplete) {
      return;
    }
    connection.touch(this);
    try {
      head.checkTrailers();
      Headers trailers = null;
      if (!head.headers().isEmpty()) {
        trailers = head.headers();
        connection.fields().taken();
      }
      incoming.trailers(trailers);
    } catch (BadMessage e) {
      broken(current, e);
    }
  }

  private void broken(RequestFlow current, BadMessage e) {
    mute = true;
    incoming.release();
    current.fail(failure(e));
  }

  @Override
  public void take(ByteBuf data) {
    RequestFlow current = flow;
    if (current == null || responseComplete) {
      data.release();
    } else {
      current.requestData(data);
    }
  }

  @Override
  public void takeEnd(@Nullable Headers trailers) {
    RequestFlow current = flow;
    if (current != null && !responseComplete) {
      current.requestEnd(trailers);
    }
  }

  @Override
  public void taken(int count) {
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
    if (!closed) {
      outgoing.writeLast();
    }
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
    boolean sending = incoming.wanted() && !requestEnded && !headSent && !tunnel;
    boolean reading = connection.encoder().flowController().hasFlowControlled(stream);
    long progress = Math.max(progressNanos, reading ? connection.windowNanos() : progressNanos);
    return sending || reading ? progress + patienceNanos - nowNanos : patienceNanos;
  }

  /** The client has kept the stream waiting for too long. */
  void timedOut() {
    RequestFlow current = flow;
    if (current != null && !headSent) {
      incoming.release();
      current.fail(
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
    incoming.release();
    outgoing.release();
    RequestFlow current = flow;
    if (current != null && !responseComplete) {
      responseComplete = true;
      current.clientGone(reason);
    }
  }

  /**
   * The end of the answer is on its way. A client that is still sending may stop (RFC 9113 section
   * 8.1).
   */
  void answerSent() {
    if (!requestEnded) {
      connection.context().serving().loop().execute(this::stopRequest);
    }
  }

  private void stopRequest() {
    if (!closed && !requestEnded) {
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
    connection.budget().earn();
    outgoing.fields(block, end);
  }

  @Override
  public void data(ByteBuf data) {
    if (closed || mute || responseComplete || headRequest || !data.isReadable()) {
      data.release();
      return;
    }
    connection.budget().earn(data.readableBytes());
    outgoing.data(data);
  }

  @Override
  public void end(@Nullable Headers trailers) {
    if (closed || responseComplete) {
      return;
    }
    if (!mute) {
      responseComplete = true;
      outgoing.end(trailers);
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
    if (!closed) {
      outgoing.writeLast();
    }
    connection.scheduleFlush();
  }

  @Override
  public void abort() {
    if (!closed) {
      responseComplete = true;
      incoming.release();
      outgoing.release();
      connection.reset(this, mute ? Http2Error.PROTOCOL_ERROR : Http2Error.INTERNAL_ERROR);
    }
  }

  @Override
  public boolean writable() {
    return !closed && connection.encoder().flowController().isWritable(stream);
  }

  @Override
  public void demand(boolean wanted) {
    if (incoming.wanted() == wanted || closed) {
      return;
    }
    progressNanos = connection.context().serving().loop().nanos();
    if (incoming.want(wanted)) {
      readComplete();
      connection.scheduleFlush();
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
