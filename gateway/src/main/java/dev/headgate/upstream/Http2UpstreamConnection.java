package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Failure;
import dev.headgate.http.Http2Head;
import dev.headgate.http2.FieldBlock;
import dev.headgate.http2.FieldDecoder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection to an endpoint, which carries many requests at once.
 *
 * <p>It is there for the pool when the endpoint's settings have come: they say how many streams it
 * takes and whether it knows WebSockets, and they prove that it speaks HTTP/2 at all. When the
 * endpoint says that it is going away, requests that it has not taken up are failed as ones that
 * may be tried elsewhere, and the others may finish.
 */
@LoopConfined
final class Http2UpstreamConnection extends Http2ConnectionHandler implements PooledConnection {
  /** Bytes of one answer that may lie here because its client is slow. */
  static final int STREAM_WINDOW = 256 << 10;

  static final int RESPONSE_HEAD = 65_536;
  private static final int RESPONSE_FIELDS = 200;

  /**
   * More than this on one connection, whatever the endpoint allows, and the streams get in each
   * other's way.
   */
  private static final int STREAMS = 1024;

  /** Stream ids end at 2^31; well before that the connection is replaced. */
  private static final int LAST_STREAM = 1 << 30;

  private static final long PING_PATIENCE = TimeUnit.SECONDS.toNanos(5);

  private final EndpointPool pool;
  private final LoopIo io;
  private final FieldDecoder fields;
  private final FieldBlock block = new FieldBlock();
  private final List<Http2UpstreamStream> touched = new ArrayList<>();
  private final Deadline timeout =
      new Deadline() {
        @Override
        protected void expired() {
          timedOut();
        }
      };

  private @Nullable ChannelHandlerContext ctx;
  private boolean ready;
  private int open;
  private boolean retiring;
  private boolean closing;
  private boolean reading;
  private boolean flushScheduled;
  private boolean pinged;
  private long readNanos;
  private @Nullable Failure closeReason;

  Http2UpstreamConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      FieldDecoder fields,
      EndpointPool pool,
      LoopIo io) {
    super(decoder, encoder, settings, true);
    this.fields = fields;
    this.pool = pool;
    this.io = io;
  }

  /**
   * Begins to speak HTTP/2 on a channel that is connected; the pool is told when the endpoint has
   * answered, or not.
   */
  static void start(EndpointPool pool, LoopIo io, Channel channel) {
    FieldDecoder fields =
        new FieldDecoder(
            new Http2Head(0, RESPONSE_HEAD, RESPONSE_FIELDS),
            RESPONSE_HEAD,
            () -> io.headers().take());
    Http2UpstreamConnection connection =
        new Http2UpstreamConnectionBuilder(
                fields,
                (decoder, encoder, settings) ->
                    new Http2UpstreamConnection(decoder, encoder, settings, fields, pool, io))
            .build();
    channel.pipeline().addLast(connection);
  }

  // What the pool calls.

  @Override
  public boolean multiplexes() {
    return true;
  }

  @Override
  public boolean canOpen() {
    return ready
        && !retiring
        && !closing
        && open < Math.min(connection().local().maxActiveStreams(), STREAMS)
        && !connection().goAwayReceived()
        && connection().local().lastStreamCreated() < LAST_STREAM;
  }

  @Override
  public UpstreamStream open(UpstreamListener listener) {
    open++;
    io.loop().cancel(timeout);
    return new Http2UpstreamStream(this, listener);
  }

  @Override
  public @Nullable InetAddress address() {
    return ctx().channel().remoteAddress() instanceof InetSocketAddress end
        ? end.getAddress()
        : null;
  }

  @Override
  public void closeWhenUnused() {
    retiring = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (open == 0
        && (retiring
            || connection().goAwayReceived()
            || connection().local().lastStreamCreated() >= LAST_STREAM)) {
      close();
    }
  }

  /** Says farewell and closes. */
  void close() {
    if (closing) {
      return;
    }
    closing = true;
    goAway(ctx(), 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx().newPromise());
    ctx().flush();
    ctx().close();
  }

  // What streams use.

  EndpointPool pool() {
    return pool;
  }

  LoopIo io() {
    return io;
  }

  FieldDecoder fields() {
    return fields;
  }

  FieldBlock block() {
    return block;
  }

  ChannelHandlerContext ctx() {
    ChannelHandlerContext current = ctx;
    if (current == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return current;
  }

  boolean takesWebSockets() {
    return frames().takesWebSockets();
  }

  /** Why the connection ended, if it is known. */
  @Nullable Failure closeReason() {
    return closeReason;
  }

  /**
   * Makes the library's stream for a request that is about to be sent.
   *
   * @return null where the endpoint takes no more
   */
  @Nullable Http2Stream create(Http2UpstreamStream stream) {
    if (closing || connection().goAwayReceived() || !ctx().channel().isActive()) {
      return null;
    }
    try {
      Http2Stream created =
          connection()
              .local()
              .createStream(connection().local().incrementAndGetNextStreamId(), false);
      frames().attach(created, stream);
      return created;
    } catch (Http2Exception e) {
      return null;
    }
  }

  void touch(Http2UpstreamStream stream) {
    touched.add(stream);
  }

  void reset(Http2Stream stream, Http2Error error) {
    // What waits for a flush would be written after the reset, to a stream that has ended.
    flush(ctx());
    resetStream(ctx(), stream.id(), error.code(), ctx().newPromise());
    scheduleFlush();
  }

  void scheduleFlush() {
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      io.loop().execute(this::flushNow);
    }
  }

  private void flushNow() {
    flushScheduled = false;
    flush(ctx());
  }

  /** A stream is over, whether its request was ever sent or not. */
  void streamClosed() {
    open--;
    if (open == 0 && !closing) {
      io.loop().arm(timeout, pool.limits().idleNanos());
      closeIfUnused();
    }
    pool.released(this);
  }

  /**
   * A request was given up because no answer came. If nothing at all has come since it was sent,
   * the connection itself may be dead, which nobody would say: so it is asked, and closed if it
   * does not answer.
   */
  void suspect(long sentNanos) {
    if (!pinged && !closing && readNanos - sentNanos < 0) {
      pinged = true;
      encoder().writePing(ctx(), false, sentNanos, ctx().newPromise());
      scheduleFlush();
      io.loop()
          .arm(
              new Deadline() {
                @Override
                protected void expired() {
                  pingTimedOut();
                }
              },
              PING_PATIENCE);
    }
  }

  private void pingTimedOut() {
    if (pinged && !closing) {
      closeReason =
          Failure.upstream(
              false,
              502,
              "upstream.reset",
              pool.endpoint().name() + " no longer answers on its connection");
      closing = true;
      ctx().close();
    }
  }

  // What comes from the endpoint.

  private Http2UpstreamFrames frames() {
    return (Http2UpstreamFrames) decoder().frameListener();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    ctx = context;
    io.loop().arm(timeout, pool.limits().connectNanos());
    super.handlerAdded(context);
  }

  /** The endpoint's settings have come, for the first time or changed. */
  void settingsRead() {
    if (!ready) {
      ready = true;
      io.loop().arm(timeout, pool.limits().idleNanos());
      pool.connected(this);
    } else {
      pool.capacity();
    }
  }

  void goAwayRead() {
    if (open == 0) {
      io.loop().execute(this::closeIfUnused);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    reading = true;
    pinged = false;
    readNanos = io.loop().nanos();
    super.channelRead(context, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    readComplete();
    super.channelReadComplete(context);
  }

  private void readComplete() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).readComplete();
    }
    touched.clear();
    reading = false;
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (outbound && error == null) {
      // The endpoint takes no more, but answers may still be on their way from it.
      retiring = true;
      return;
    }
    closing = true;
    if (closeReason == null && !outbound) {
      closeReason =
          Failure.upstream(
              false, 502, "upstream.protocol", pool.endpoint().name() + ": " + cause.getMessage());
    }
    super.onConnectionError(context, outbound, cause, error);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    Http2Stream stream = connection().stream(error.streamId());
    Http2UpstreamStream ours = stream == null ? null : frames().stream(stream);
    if (ours != null) {
      ours.broken(error.getMessage());
    }
    super.onStreamError(context, outbound, cause, error);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(context, cause);
    } else if (!(cause instanceof ChannelOutputShutdownException)) {
      if (closeReason == null) {
        closeReason = Connector.insecureAfterAll(pool.endpoint(), cause);
      }
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    closing = true;
    io.loop().cancel(timeout);
    super.channelInactive(context);
    // After a close in the middle of a read, not every transport says that the read is complete.
    readComplete();
    if (ready) {
      pool.closed(this, 0);
    } else {
      pool.connectFailed(notReady());
    }
  }

  private Failure notReady() {
    Failure reason = closeReason;
    return reason == null
        ? Failure.upstream(
            true,
            502,
            "upstream.connect_failed",
            pool.endpoint().name() + " closed before it spoke HTTP/2")
        : reason;
  }

  private void timedOut() {
    if (ready) {
      close();
    } else {
      closeReason =
          Failure.upstream(
              true,
              504,
              "upstream.connect_timeout",
              pool.endpoint().name() + " sent no HTTP/2 settings in time");
      closing = true;
      ctx().close();
    }
  }
}
