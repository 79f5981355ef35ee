package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Listener;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import dev.headgate.http.Headers;
import dev.headgate.http2.FieldBlock;
import dev.headgate.http2.FieldDecoder;
import dev.headgate.http2.FrameBudget;
import dev.headgate.http2.FrameWatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection: the guards, the timers, the flushing and the orderly end. The
 * library keeps the protocol's state; {@link Http2ClientFrames} takes in its frames, and each
 * request is a {@link Http2ClientStream}.
 *
 * <p>What the streams write while the connection's input is read goes out in one flush at its end.
 * What they write at other times, when answers arrive from upstreams, is gathered until the loop
 * has dealt with all that was ready, and then goes out in one flush as well: thirty answers cost
 * one system call.
 */
@LoopConfined
final class Http2Connection extends Http2ConnectionHandler implements ClientConnection {
  /**
   * How many bytes a client may send on one connection ahead of what is passed on: on eight stalled
   * streams.
   */
  static final int CONNECTION_WINDOW = 2 << 20;

  /** The same for one stream. */
  static final int STREAM_WINDOW = 256 << 10;

  private static final int PREFACE = 24;

  private final ClientContext context;
  private final ClientInfo client;
  private final Listener.Limits limits;
  private final Loop loop;
  private final FieldDecoder fields;
  private final FieldBlock block = new FieldBlock();
  private final FrameBudget budget;
  private final FrameBudget resets;
  private final FrameWatch watch;
  private final List<Http2ClientStream> touched = new ArrayList<>();
  private final List<Http2ClientStream> finished = new ArrayList<>();
  private final StoppedStreams stopped = new StoppedStreams();
  private final Deadline headTimeout;
  private final Deadline lull;
  private final Http2Ending ending;

  private @Nullable ChannelHandlerContext ctx;
  private int prefaceLeft = PREFACE;
  private boolean reading;
  private boolean flushScheduled;
  private int requests;
  private long windowNanos;

  private Http2Connection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      FieldDecoder fields,
      ClientContext context,
      ClientInfo client) {
    super(decoder, encoder, settings, true);
    this.context = context;
    this.client = client;
    this.fields = fields;
    this.limits = context.listener().limits();
    this.loop = context.serving().loop();
    long now = loop.nanos();
    this.budget = new FrameBudget(limits.http2().controlFrames(), now);
    this.resets = new FrameBudget(limits.http2().resets(), now);
    this.watch = new FrameWatch(budget);
    this.headTimeout = deadline(this::headTimedOut);
    this.lull = deadline(this::quiet);
    this.windowNanos = now;
    this.ending = new Http2Ending(this, loop);
    context.opened(this);
  }

  static Http2Connection of(ClientContext context, ClientInfo client) {
    return new Http2ConnectionBuilder(
            context.listener().limits(),
            () -> context.io().headers().take(),
            (decoder, encoder, settings, fields) ->
                new Http2Connection(decoder, encoder, settings, fields, context, client))
        .build();
  }

  private static Deadline deadline(Runnable action) {
    return new Deadline() {
      @Override
      protected void expired() {
        action.run();
      }
    };
  }

  // What streams use.

  ClientContext context() {
    return context;
  }

  ClientInfo client() {
    return client;
  }

  FieldDecoder fields() {
    return fields;
  }

  /** A block for a head that is written at once. */
  FieldBlock block() {
    return block;
  }

  FrameBudget budget() {
    return budget;
  }

  ChannelHandlerContext ctx() {
    ChannelHandlerContext current = ctx;
    if (current == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return current;
  }

  /** Something was delivered to this stream: its flow is told when the read is over. */
  void touch(Http2ClientStream stream) {
    touched.add(stream);
  }

  /**
   * Nothing more happens on this stream: what it borrowed can be given back when its flow is no
   * longer at work.
   */
  void finished(Http2ClientStream stream) {
    finished.add(stream);
    scheduleFlush();
  }

  /** Sees to it that what was written goes out soon. */
  void scheduleFlush() {
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      loop.execute(this::flushNow);
    }
  }

  private void flushNow() {
    flushScheduled = false;
    flush(ctx());
    recycle();
  }

  private void recycle() {
    for (int i = 0; i < finished.size(); i++) {
      finished.get(i).recycle();
    }
    finished.clear();
  }

  Headers freshHeaders() {
    return context.io().headers().take();
  }

  /**
   * Counts a request; when there have been enough on this connection, it is the beginning of the
   * end.
   */
  void requestBegun() {
    requests++;
    loop.arm(lull, limits.bodyTimeout().toNanos());
    if (limits.requestsPerConnection() > 0 && requests >= limits.requestsPerConnection()) {
      drain();
    }
  }

  void reset(Http2ClientStream stream, Http2Error error) {
    stopped.add(stream.id());
    // What waits for a flush would be written after the reset, to a stream that has ended.
    flush(ctx());
    resetStream(ctx(), stream.id(), error.code(), ctx().newPromise());
    scheduleFlush();
  }

  // What comes from the client.

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    ctx = context;
    loop.arm(headTimeout, limits.headerTimeout().toNanos());
    super.handlerAdded(context);
    decoder()
        .flowController()
        .incrementWindowSize(
            connection().connectionStream(),
            CONNECTION_WINDOW
                - decoder().flowController().windowSize(connection().connectionStream()));
    context.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (ending.closing()) {
      ReferenceCountUtil.release(message);
      return;
    }
    reading = true;
    super.channelRead(context, message);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    int from = in.readerIndex();
    super.decode(context, in, out);
    int to = in.readerIndex();
    int preface = Math.min(prefaceLeft, to - from);
    prefaceLeft -= preface;
    if (!watch.taken(in, from + preface, to, loop.nanos())) {
      ending.now(Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry nothing");
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    timeHead();
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).readComplete();
    }
    touched.clear();
    reading = false;
    super.channelReadComplete(context);
    recycle();
  }

  private void timeHead() {
    if (watch.headOpen() || !decoder().prefaceReceived()) {
      if (!headTimeout.armed()) {
        loop.arm(headTimeout, limits.headerTimeout().toNanos());
      }
    } else if (headTimeout.armed()) {
      loop.cancel(headTimeout);
      if (connection().numActiveStreams() == 0) {
        loop.arm(lull, limits.idleTimeout().toNanos());
      }
    }
  }

  /**
   * The client's reset of a stream, or ours for something that the client did wrong: too many are
   * an attack.
   */
  @Override
  protected void onStreamError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (error.error() == Http2Error.STREAM_CLOSED && stopped.contains(error.streamId())) {
      return;
    }
    if (!outbound && !resets.spend(loop.nanos())) {
      ending.now(Http2Error.ENHANCE_YOUR_CALM, "too many streams that had to be reset");
      return;
    }
    super.onStreamError(context, outbound, cause, error);
  }

  /**
   * A stream error for a head far over the limit; the library would answer it with headers of its
   * own kind.
   */
  @Override
  protected void handleServerHeaderDecodeSizeError(
      ChannelHandlerContext context, Http2Stream stream) {
    encoder()
        .writeHeaders(context, stream.id(), block.response(431), 0, true, context.newPromise());
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    // The library's own way of closing could lose what it says.
    ending.now(error == null ? Http2Error.INTERNAL_ERROR : error.error(), "");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(context, cause);
    } else {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    ending.closed();
    loop.cancel(headTimeout);
    loop.cancel(lull);
    try {
      super.channelInactive(context);
    } finally {
      recycle();
      this.context.closed(this);
    }
  }

  /** Whether the connection is on its way out, so that a stream's end is the connection's. */
  boolean closing() {
    return ending.closing();
  }

  // Time.

  private void headTimedOut() {
    ending.now(Http2Error.ENHANCE_YOUR_CALM, "a head did not come in time");
  }

  /** Looks after a connection on which nothing has begun for a while. */
  private void quiet() {
    if (connection().numActiveStreams() == 0) {
      ending.now(Http2Error.NO_ERROR, "idle");
      return;
    }
    long now = loop.nanos();
    long patience = limits.bodyTimeout().toNanos();
    long next = patience;
    for (Http2ClientStream stream : activeStreams()) {
      long left = stream.patienceLeft(now, patience);
      if (left <= 0) {
        stream.timedOut();
      } else {
        next = Math.min(next, left);
      }
    }
    loop.arm(lull, next);
    scheduleFlush();
  }

  private List<Http2ClientStream> activeStreams() {
    List<Http2ClientStream> active = new ArrayList<>(connection().numActiveStreams());
    try {
      connection()
          .forEachActiveStream((Http2Stream stream) -> {
            Http2ClientStream ours = frames().stream(stream);
            if (ours != null) {
              active.add(ours);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException("the visitor throws nothing", e);
    }
    return active;
  }

  private Http2ClientFrames frames() {
    return (Http2ClientFrames) decoder().frameListener();
  }

  /**
   * When the window that all streams share was last enlarged, which is progress for all of them.
   */
  long windowNanos() {
    return windowNanos;
  }

  void windowEnlarged() {
    windowNanos = loop.nanos();
  }

  // The end.

  @Override
  public void drain() {
    ending.drain();
  }

  @Override
  public void close() {
    ending.closed();
    ctx().close();
  }

  void streamRemoved() {
    if (connection().numActiveStreams() == 0 && !ending.closing() && !ending.withLastStream()) {
      loop.arm(lull, limits.idleTimeout().toNanos());
    }
  }
}
