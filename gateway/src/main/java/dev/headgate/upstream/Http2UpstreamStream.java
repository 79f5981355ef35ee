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
import dev.headgate.http2.IncomingBody;
import dev.headgate.http2.OutgoingBody;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on an HTTP/2 connection to an endpoint.
 *
 * <p>The request goes through {@link OutgoingBody} to the endpoint, and the answer through {@link
 * IncomingBody} to the flow.
 */
@LoopConfined
final class Http2UpstreamStream implements UpstreamStream, IncomingBody.Taker {
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
  private @Nullable OutgoingBody outgoing;
  private long sentNanos;

  // The answer.
  private boolean headRead;
  private boolean tunnel;
  private int informationals;
  private final IncomingBody incoming = new IncomingBody(this, true);

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
              "upstream.refused",
              endpoint() + " takes no more requests on its connection"));
      return;
    }
    stream = created;
    OutgoingBody out = new OutgoingBody(connection.encoder(), connection.ctx(), created.id());
    outgoing = out;
    sentNanos = connection.io().loop().nanos();
    FieldBlock block =
        connection
            .block()
            .request(
                webSocket ? "CONNECT" : request.method(),
                request.scheme(),
                request.authorityAt(connection.pool().endpoint()),
                request.target(),
                webSocket ? "websocket" : null)
            .fields(request.headers());
    if (GrpcStatus.isGrpc(request.headers().get(HeaderName.CONTENT_TYPE))) {
      // gRPC servers want to be told that their trailers will get through, and through here they
      // do.
      block.field(HeaderName.TE, "trailers");
    }
    out.fields(block, requestComplete);
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

  @Override
  public void data(ByteBuf data) {
    OutgoingBody out = outgoing;
    if (out == null || over || !data.isReadable()) {
      data.release();
    } else {
      out.data(data);
    }
  }

  @Override
  public void end(@Nullable Headers trailers) {
    OutgoingBody out = outgoing;
    if (out != null && !requestComplete && !over) {
      requestComplete = true;
      out.end(trailers);
    }
  }

  @Override
  public void flush() {
    OutgoingBody out = outgoing;
    if (out != null && !over) {
      out.writeLast();
    }
    connection.scheduleFlush();
  }

  @Override
  public boolean writable() {
    Http2Stream to = stream;
    return to != null && !over && connection.encoder().flowController().isWritable(to);
  }

  @Override
  public void demand(boolean wanted) {
    if (incoming.wanted() != wanted) {
      UpstreamListener current = listener;
      if (incoming.want(wanted)) {
        readListener = current;
        readComplete();
        connection.scheduleFlush();
      }
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
    incoming.release();
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
        Headers trailers = null;
        if (!head.headers().isEmpty()) {
          trailers = head.headers();
          connection.fields().taken();
        }
        incoming.trailers(trailers);
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
    announce(received, bodiless, end);
    if (end) {
      listener = null;
      current.responseHead(status, received, true);
      ended();
    } else {
      current.responseHead(status, received, false);
    }
  }

  private void announce(Headers received, boolean bodiless, boolean end) throws BadMessage {
    if (received.has(HeaderName.CONTENT_LENGTH)) {
      long length = MessageRules.contentLength(received);
      if (end && length > 0 && !bodiless) {
        throw new BadMessage(502, "framing.length", "a Content-Length and no body");
      }
      incoming.announce(bodiless ? 0 : length);
    } else if (bodiless) {
      incoming.announce(0);
    }
  }

  /**
   * Takes in a piece of the body.
   *
   * @return how many of its bytes are dealt with already
   */
  int dataRead(ByteBuf data, boolean end) {
    UpstreamListener current = listener;
    if (current == null) {
      return data.readableBytes();
    }
    touched(current);
    try {
      if (!headRead) {
        throw new BadMessage(502, "data_before_head", "a body without a head");
      }
      return incoming.data(data, end);
    } catch (BadMessage e) {
      malformed(e);
      return data.readableBytes();
    }
  }

  @Override
  public void take(ByteBuf data) {
    UpstreamListener current = listener;
    if (current == null) {
      data.release();
    } else {
      current.responseData(data);
    }
  }

  @Override
  public void takeEnd(@Nullable Headers trailers) {
    UpstreamListener current = listener;
    if (current != null) {
      listener = null;
      current.responseEnd(trailers);
      ended();
    }
  }

  @Override
  public void taken(int count) {
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
    if (listener != null && !incoming.ended()) {
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
    if (wentAway) {
      return Failure.upstream(
          true, 503, "upstream.going_away", endpoint() + " gave up its connection");
    }
    if (resetCode == Http2Error.REFUSED_STREAM.code() && !headRead) {
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
      incoming.release();
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

  private void releaseRequest() {
    OutgoingBody out = outgoing;
    if (out != null) {
      out.release();
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
