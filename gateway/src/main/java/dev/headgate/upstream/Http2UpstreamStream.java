package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import dev.headgate.http.BadMessage;
import dev.headgate.http.GrpcStatus;
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
 * One attempt on an HTTP/2 connection to an endpoint.
 *
 * <p>The last piece of a request's body is held back until it is known whether another follows, so
 * that the end of the stream goes out with it. An answer's body that comes while it is not wanted
 * waits here, at most one window of it.
 */
@LoopConfined
final class Http2UpstreamStream implements UpstreamStream {
  private static final long UNSTATED = -1;
  private static final int INFORMATIONALS = 16;

  private final Http2UpstreamConnection connection;
  private @Nullable UpstreamListener listener;

  /** Who is told that a read is over; also after the answer has ended with it. */
  private @Nullable UpstreamListener readListener;

  private @Nullable Http2Stream stream;
  private @Nullable Headers headers;

  // The request.
  private boolean webSocket;
  private boolean headRequest;
  private boolean idempotent;
  private boolean requestComplete;
  private @Nullable ByteBuf last;
  private long sentNanos;

  // The answer.
  private boolean headRead;
  private boolean tunnel;
  private boolean responseComplete;
  private int informationals;
  private long bodyLeft = UNSTATED;
  private boolean demand = true;
  private boolean delivering;
  private @Nullable ArrayDeque<ByteBuf> held;
  private boolean heldEnd;
  private @Nullable Headers heldTrailers;

  private boolean over;
  private long resetCode = -1;

  Http2UpstreamStream(Http2UpstreamConnection connection, UpstreamListener listener) {
    this.connection = connection;
    this.listener = listener;
  }

  // What the flow calls.

  @Override
  public String endpoint() {
    return connection.pool().endpoint().name();
  }

  @Override
  public void head(UpstreamRequest request, boolean end) {
    webSocket = request.webSocket();
    headRequest = request.method().equals("HEAD");
    idempotent = MessageRules.isIdempotent(request.method());
    requestComplete = end && !webSocket;
    if (webSocket && !connection.takesWebSockets()) {
      failSoon(
          Failure.upstream(
              false,
              502,
              "upstream.no_websocket",
              endpoint() + " takes no WebSockets over HTTP/2"));
      return;
    }
    Http2Stream created = connection.create(this);
    if (created == null) {
      failSoon(
          Failure.upstream(
              true,
              502,
              "upstream.reset",
              endpoint() + " takes no more requests on its connection"));
      return;
    }
    stream = created;
    sentNanos = connection.io().loop().nanos();
    FieldBlock block =
        connection
            .block()
            .request(
                webSocket ? "CONNECT" : request.method(),
                request.scheme(),
                request.authority(),
                request.target(),
                webSocket ? "websocket" : null)
            .fields(request.headers());
    if (GrpcStatus.isGrpc(request.headers().get(HeaderName.CONTENT_TYPE))) {
      // gRPC servers want to be told that their trailers will get through, and through here they
      // do.
      block.field(HeaderName.TE, "trailers");
    }
    write(block, requestComplete);
  }

  /** Fails the attempt, but not while the flow is still at work on beginning it. */
  private void failSoon(Failure failure) {
    connection
        .io()
        .loop()
        .execute(() -> {
          fail(failure);
          close();
        });
  }

  private void write(FieldBlock block, boolean end) {
    Http2Stream to = stream;
    if (to != null) {
      ChannelHandlerContext ctx = connection.ctx();
      connection.encoder().writeHeaders(ctx, to.id(), block, 0, end, ctx.newPromise());
    }
  }

  @Override
  public void data(ByteBuf data) {
    if (stream == null || over || !data.isReadable()) {
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
      write(data, false);
    }
  }

  private void write(ByteBuf data, boolean end) {
    Http2Stream to = stream;
    if (to == null || over) {
      data.release();
    } else {
      ChannelHandlerContext ctx = connection.ctx();
      connection.encoder().writeData(ctx, to.id(), data, 0, end, ctx.newPromise());
    }
  }

  @Override
  public void end(@Nullable Headers trailers) {
    if (requestComplete || over || stream == null) {
      return;
    }
    requestComplete = true;
    ByteBuf data = last;
    last = null;
    if (trailers == null) {
      write(data == null ? Unpooled.EMPTY_BUFFER : data, true);
    } else {
      if (data != null) {
        write(data, false);
      }
      write(new FieldBlock().trailers().fields(trailers), true);
    }
  }

  @Override
  public void flush() {
    writeLast();
    connection.scheduleFlush();
  }

  @Override
  public boolean writable() {
    Http2Stream to = stream;
    return to != null && !over && connection.encoder().flowController().isWritable(to);
  }

  @Override
  public void demand(boolean wanted) {
    if (demand == wanted) {
      return;
    }
    demand = wanted;
    boolean waiting = heldEnd || (held != null && !held.isEmpty());
    if (wanted && waiting && !delivering) {
      readListener = listener;
      deliver();
      readComplete();
      connection.scheduleFlush();
    }
  }

  @Override
  public void cancel() {
    if (listener == null) {
      return;
    }
    listener = null;
    readListener = null;
    if (!headRead && stream != null) {
      connection.suspect(sentNanos);
    }
    reset(Http2Error.CANCEL);
  }

  private void reset(Http2Error error) {
    Http2Stream to = stream;
    releaseHeld();
    if (to == null) {
      close();
    } else if (!over) {
      connection.reset(to, error);
    }
  }

  // What comes from the endpoint.

  void fieldsRead(boolean end) {
    UpstreamListener current = listener;
    if (current == null) {
      return;
    }
    touched(current);
    Http2Head head = connection.fields().head();
    try {
      if (headRead) {
        head.checkTrailers();
        if (bodyLeft > 0) {
          throw truncated();
        }
        if (!head.headers().isEmpty()) {
          heldTrailers = head.headers();
          connection.fields().taken();
        }
        heldEnd = true;
        deliver();
      } else {
        headRead(current, head, end);
      }
    } catch (BadMessage e) {
      malformed(e);
    }
  }

  private void touched(UpstreamListener current) {
    if (readListener == null) {
      readListener = current;
      connection.touch(this);
    }
  }

  private void headRead(UpstreamListener current, Http2Head head, boolean end) throws BadMessage {
    int status = head.checkResponse();
    if (status < 200) {
      if (++informationals > INFORMATIONALS || end) {
        throw new BadMessage(
            502, "informational", "too many interim answers, or one that ends the stream");
      }
      current.informational(status, head.headers());
      return;
    }
    headRead = true;
    Headers received = head.headers();
    connection.fields().taken();
    headers = received;
    if (webSocket && status < 300) {
      tunnel = true;
      current.tunnelled(received);
      return;
    }
    MessageRules.removeHopByHop(received);
    boolean bodiless = headRequest || status == 204 || status == 304;
    if (received.has(HeaderName.CONTENT_LENGTH)) {
      long length = MessageRules.contentLength(received);
      bodyLeft = bodiless ? 0 : length;
      if (end && bodyLeft > 0) {
        throw truncated();
      }
    } else if (bodiless) {
      bodyLeft = 0;
    }
    if (end) {
      responseComplete = true;
      listener = null;
      current.responseHead(status, received, true);
      ended();
    } else {
      current.responseHead(status, received, false);
    }
  }

  /**
   * Takes in a piece of the body.
   *
   * @return how many of its bytes are dealt with already
   */
  int dataRead(ByteBuf data, boolean end) {
    int count = data.readableBytes();
    UpstreamListener current = listener;
    if (current == null) {
      return count;
    }
    touched(current);
    if (!headRead) {
      malformed(new BadMessage(502, "data_before_head", "a body without a head"));
      return count;
    }
    if (bodyLeft >= 0 && !tunnel) {
      bodyLeft -= count;
      if (bodyLeft < 0 || (end && bodyLeft > 0)) {
        malformed(truncated());
        return count;
      }
    }
    boolean now = demand && !delivering && (held == null || held.isEmpty());
    if (count > 0) {
      if (now) {
        current.responseData(data.retain());
      } else {
        hold(data.retain());
      }
    }
    if (end) {
      heldEnd = true;
      deliver();
    }
    return now ? count : 0;
  }

  private static BadMessage truncated() {
    return new BadMessage(502, "length", "a body that is not as long as Content-Length says");
  }

  private void hold(ByteBuf data) {
    ArrayDeque<ByteBuf> queue = held;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      held = queue;
    }
    queue.addLast(data);
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    ArrayDeque<ByteBuf> queue = held;
    UpstreamListener current = listener;
    while (queue != null && current != null && demand && !queue.isEmpty()) {
      ByteBuf data = queue.removeFirst();
      int count = data.readableBytes();
      current.responseData(data);
      consumed(count);
      current = listener;
    }
    delivering = false;
    if (heldEnd && demand && current != null && (queue == null || queue.isEmpty())) {
      responseComplete = true;
      listener = null;
      current.responseEnd(heldTrailers);
      ended();
    }
  }

  private void consumed(int count) {
    Http2Stream from = stream;
    if (from != null) {
      try {
        connection.decoder().flowController().consumeBytes(from, count);
      } catch (Http2Exception e) {
        connection.onError(connection.ctx(), false, e);
      }
    }
  }

  /** The answer is complete and passed on. What is left of the request, nobody wants any more. */
  private void ended() {
    if (!requestComplete && !over) {
      reset(Http2Error.CANCEL);
    }
    recycleIfOver();
  }

  private void malformed(BadMessage e) {
    broken(e.reason() + ": " + e.detail());
    reset(Http2Error.PROTOCOL_ERROR);
  }

  /** The endpoint broke the rules on this stream. */
  void broken(@Nullable String how) {
    fail(Failure.upstream(false, 502, "upstream.protocol", endpoint() + ": " + how));
  }

  void resetRead(long code) {
    resetCode = code;
  }

  void readComplete() {
    UpstreamListener current = readListener;
    if (current != null) {
      readListener = null;
      current.upstreamReadComplete();
    }
  }

  void writabilityChanged() {
    UpstreamListener current = listener;
    if (current != null && stream != null && !requestComplete && !over) {
      current.upstreamWritable(writable());
    }
  }

  /** The library has closed the stream, whoever's doing it was. */
  void closed() {
    if (listener != null && !heldEnd) {
      fail(reasonOfClose());
    }
    close();
  }

  private Failure reasonOfClose() {
    Http2Stream was = stream;
    boolean wentAway =
        was != null
            && connection.connection().goAwayReceived()
            && was.id() > connection.connection().local().lastStreamKnownByPeer();
    if (wentAway || (resetCode == Http2Error.REFUSED_STREAM.code() && !headRead)) {
      return Failure.upstream(
          true, 503, "upstream.refused", endpoint() + " did not take the request up");
    }
    Failure known = connection.closeReason();
    if (resetCode < 0 && known != null) {
      return known;
    }
    if (headRead) {
      return Failure.upstream(
          false, 502, "upstream.truncated", endpoint() + " broke off in the middle of an answer");
    }
    boolean retryable = idempotent && resetCode < 0;
    return Failure.upstream(
        retryable,
        502,
        "upstream.reset",
        endpoint() + (resetCode < 0 ? " closed" : " reset the stream") + " before it answered");
  }

  private void fail(Failure failure) {
    UpstreamListener current = listener;
    if (current != null) {
      listener = null;
      releaseHeld();
      current.failed(failure);
      current.upstreamReadComplete();
    }
  }

  private void close() {
    if (!over) {
      over = true;
      releaseRequest();
      connection.streamClosed();
      recycleIfOver();
    }
  }

  private void releaseHeld() {
    releaseRequest();
    ArrayDeque<ByteBuf> queue = held;
    if (queue != null) {
      held = null;
      queue.forEach(ByteBuf::release);
    }
  }

  private void releaseRequest() {
    ByteBuf unsent = last;
    if (unsent != null) {
      last = null;
      unsent.release();
    }
  }

  private void recycleIfOver() {
    Headers used = headers;
    if (used != null && over && listener == null) {
      headers = null;
      connection.io().headers().give(used);
    }
  }
}
