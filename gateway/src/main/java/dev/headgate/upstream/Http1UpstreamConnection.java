package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Failure;
import dev.headgate.http.BadMessage;
import dev.headgate.http.Buffers;
import dev.headgate.http.ByteSink;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Http1Body;
import dev.headgate.http.Http1Head;
import dev.headgate.http.Http1Writer;
import dev.headgate.http.MessageRules;
import dev.headgate.http.WebSocketKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to an endpoint, and the stream of the one request on it at a time.
 *
 * <p>It goes back to its pool only after a request that was sent whole and an answer that was read
 * whole, with nothing left over: what comes unasked on an unused connection could be taken for the
 * answer to somebody else's request.
 */
@LoopConfined
final class Http1UpstreamConnection extends ChannelInboundHandlerAdapter
    implements PooledConnection, UpstreamStream {
  private static final String HTTP_1_1 = " HTTP/1.1\r\nhost: ";
  private static final String NO_BODY = "content-length: 0\r\n";
  private static final String UPGRADE =
      "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ";

  private static final int RESPONSE_LINE = 8192;
  private static final int RESPONSE_HEAD = 65_536;
  private static final int RESPONSE_FIELDS = 200;
  private static final int INFORMATIONALS = 16;

  /** How much of an answer that nobody wants is read, to keep the connection. */
  private static final int DISCARDED = 64 << 10;

  private static final long DISCARD_NANOS = 1_000_000_000L;

  private final EndpointPool pool;
  private final LoopIo io;
  private final Channel channel;
  private final Http1Writer writer;
  private final Http1Head head;
  private final Http1Body body = new Http1Body();
  private final Deadline unused =
      new Deadline() {
        @Override
        protected void expired() {
          close();
        }
      };

  // The request on the connection.
  private @Nullable UpstreamListener listener;
  private @Nullable UpstreamListener readListener;
  private @Nullable Headers headers;
  private @Nullable ByteBuf pending;
  private @Nullable WebSocketKey webSocketKey;
  private boolean idempotent;
  private boolean headRequest;
  private boolean requestEnded;
  private boolean headRead;
  private boolean tunnel;
  private boolean keepAlive;
  private boolean demand = true;
  private boolean processing;
  private boolean cancelled;

  /** That the endpoint would not go on with TLS; null while it does. */
  private @Nullable Failure insecureAfterAll;

  /** Whether the endpoint takes no more, so that what was written last may not have arrived. */
  private boolean deaf;

  /** Whether the channel is closed, and the pool still to be told. */
  private boolean gone;

  private int informationals;

  private Http1UpstreamConnection(EndpointPool pool, LoopIo io, Channel channel) {
    this.pool = pool;
    this.io = io;
    this.channel = channel;
    this.writer = new Http1Writer(channel, io.sink());
    this.head = new Http1Head(RESPONSE_LINE, RESPONSE_HEAD, RESPONSE_FIELDS);
  }

  /** Begins to speak HTTP/1.1 on a channel that is connected, and hands it to the pool. */
  static void start(EndpointPool pool, LoopIo io, Channel channel) {
    Http1UpstreamConnection connection = new Http1UpstreamConnection(pool, io, channel);
    channel.pipeline().addLast(connection);
    pool.connected(connection);
    connection.restIfUnused();
  }

  // What the pool calls.

  @Override
  public boolean multiplexes() {
    return false;
  }

  @Override
  public boolean canOpen() {
    return listener == null && !deaf && channel.isActive();
  }

  @Override
  public UpstreamStream open(UpstreamListener newListener) {
    unused.disarm();
    listener = newListener;
    requestEnded = false;
    headRead = false;
    tunnel = false;
    informationals = 0;
    webSocketKey = null;
    Headers fresh = io.headers().take();
    headers = fresh;
    head.startResponse(fresh);
    demand(true);
    return this;
  }

  @Override
  public @Nullable InetAddress address() {
    return channel.remoteAddress() instanceof InetSocketAddress end ? end.getAddress() : null;
  }

  @Override
  public void closeWhenUnused() {
    if (listener == null) {
      close();
    }
  }

  private void restIfUnused() {
    if (listener == null) {
      io.loop().arm(unused, pool.limits().idleNanos());
    }
  }

  private void close() {
    channel.close();
  }

  // What the flow calls.

  @Override
  public String endpoint() {
    return pool.endpoint().name();
  }

  @Override
  public void head(UpstreamRequest request, boolean end) {
    String method = request.method();
    headRequest = method.equals("HEAD");
    idempotent = MessageRules.isIdempotent(method);
    requestEnded = end && !request.webSocket();
    boolean sized = request.headers().has(HeaderName.CONTENT_LENGTH);
    ByteSink out = writer.head();
    out.put(method)
        .put(' ')
        .put(request.target())
        .put(HTTP_1_1)
        .put(request.authorityAt(pool.endpoint()))
        .put('\r')
        .put('\n');
    request.headers().writeTo(out);
    if (request.webSocket()) {
      WebSocketKey key = WebSocketKey.random();
      webSocketKey = key;
      out.put(UPGRADE).put(key.text()).put('\r').put('\n');
    } else if (end && !sized && MessageRules.expectsBody(method)) {
      out.put(NO_BODY);
    }
    writer.endHead(!end && !sized && !request.webSocket());
  }

  @Override
  public void data(ByteBuf data) {
    writer.data(data);
  }

  @Override
  public void end(@Nullable Headers trailers) {
    if (tunnel) {
      close();
      return;
    }
    writer.end(trailers);
    requestEnded = true;
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void demand(boolean wanted) {
    if (demand != wanted) {
      demand = wanted;
      channel.config().setAutoRead(wanted);
      if (wanted && !processing) {
        process();
        readComplete();
        endIfGone();
      }
    }
  }

  @Override
  public void cancel() {
    if (listener != null) {
      listener = null;
      readListener = null;
      releaseHeaders();
      // The pool is told when the channel is closed.
      cancelled = true;
      close();
      endIfGone();
    }
  }

  @Override
  public void discard() {
    if (listener == null || !headRead || !keepAlive || !requestEnded || !body.within(DISCARDED)) {
      cancel();
      return;
    }
    // What is left is read, by somebody who does nothing with it, for a bounded time.
    listener = new DiscardedAnswer(this, DISCARDED);
    readListener = null;
    io.loop().arm(unused, DISCARD_NANOS);
    demand(true);
  }

  // What comes from the endpoint.

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    pending = Buffers.append(context.alloc(), pending, (ByteBuf) message);
    if (!processing) {
      process();
    }
  }

  private void process() {
    processing = true;
    try {
      ByteBuf in = pending;
      while (in != null && in.isReadable() && step(in)) {
        in = pending;
      }
    } catch (BadMessage e) {
      fail(Failure.upstream(false, 502, "upstream.protocol", e.reason() + ": " + e.detail()));
      close();
    } finally {
      processing = false;
      ByteBuf in = pending;
      if (in != null && !in.isReadable()) {
        in.release();
        pending = null;
      }
    }
  }

  /** Takes one step through what has arrived; says whether there may be another. */
  private boolean step(ByteBuf in) throws BadMessage {
    UpstreamListener current = listener;
    if (current == null) {
      in.skipBytes(in.readableBytes());
      close();
      return false;
    }
    readListener = current;
    if (!headRead) {
      if (!head.read(in)) {
        return false;
      }
      headComplete(current);
      return true;
    }
    if (!demand) {
      return false;
    }
    if (tunnel) {
      current.responseData(in.readRetainedSlice(in.readableBytes()));
      return true;
    }
    ByteBuf data = body.read(in);
    if (data != null) {
      current.responseData(data);
    }
    if (body.done() && listener == current) {
      complete(current, false);
    }
    return true;
  }

  private void headComplete(UpstreamListener current) throws BadMessage {
    int status = head.status();
    Headers received = head.headers();
    if (status == 101) {
      switchProtocols(current, received);
    } else if (status < 200) {
      if (++informationals > INFORMATIONALS) {
        throw new BadMessage(
            502, "informational", "more than " + INFORMATIONALS + " interim answers");
      }
      MessageRules.removeHopByHop(received);
      current.informational(status, received);
      head.startResponse(received);
    } else {
      headRead = true;
      keepAlive = body.startAnswer(status, received, head.minor(), headRequest);
      boolean end = body.done();
      current.responseHead(status, received, end);
      UpstreamListener now = listener;
      if (end && now != null) {
        complete(now, true);
      }
    }
  }

  private void switchProtocols(UpstreamListener current, Headers received) throws BadMessage {
    WebSocketKey key = webSocketKey;
    if (key == null || !key.accepts(received.get(HeaderName.SEC_WEBSOCKET_ACCEPT))) {
      throw new BadMessage(
          502, "upgrade", "an upgrade that was not asked for, or not to a WebSocket");
    }
    headRead = true;
    tunnel = true;
    MessageRules.removeHopByHop(received);
    received.remove(HeaderName.SEC_WEBSOCKET_ACCEPT);
    current.tunnelled(received);
  }

  private void complete(UpstreamListener current, boolean told) {
    listener = null;
    ByteBuf in = pending;
    boolean reusable = keepAlive && requestEnded && (in == null || !in.isReadable()) && canOpen();
    if (!told) {
      current.responseEnd(body.trailers());
    }
    releaseHeaders();
    if (reusable) {
      demand(true);
      pool.released(this);
      restIfUnused();
    } else {
      cancelled = true;
      close();
    }
  }

  private void releaseHeaders() {
    Headers used = headers;
    if (used != null) {
      headers = null;
      io.headers().give(used);
    }
  }

  private void fail(Failure failure) {
    UpstreamListener current = listener;
    if (current != null) {
      listener = null;
      cancelled = true;
      current.failed(failure);
      releaseHeaders();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    readComplete();
  }

  private void readComplete() {
    UpstreamListener current = readListener;
    if (current != null) {
      readListener = null;
      current.upstreamReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    UpstreamListener current = listener;
    if (current != null) {
      current.upstreamWritable(context.channel().isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelOutputShutdownEvent.INSTANCE) {
      deaf = true;
      if (listener == null) {
        close();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    unused.disarm();
    gone = true;
    endIfGone();
  }

  /**
   * Comes to an end, but not before a client that is slower than the endpoint was has taken what
   * has arrived.
   */
  private void endIfGone() {
    UpstreamListener current = listener;
    ByteBuf in = pending;
    if (!gone || (current != null && in != null && !demand)) {
      return;
    }
    gone = false;
    boolean inUse = current != null || cancelled;
    if (current != null) {
      answerEnded(current);
      readListener = current;
    }
    // After a close in the middle of a read, not every transport says that the read is complete:
    // what came in it would never be flushed.
    readComplete();
    if (in != null) {
      pending = null;
      ReferenceCountUtil.release(in);
    }
    pool.closed(this, inUse ? 1 : 0);
  }

  private void answerEnded(UpstreamListener current) {
    if (headRead && (tunnel || body.closed())) {
      listener = null;
      current.responseEnd(null);
      releaseHeaders();
    } else if (headRead) {
      fail(
          Failure.upstream(
              false, 502, "upstream.truncated", endpoint() + " closed in the middle of an answer"));
    } else {
      boolean nothingDone = idempotent && !head.started();
      Failure insecure = insecureAfterAll;
      fail(
          insecure != null
              ? insecure
              : Failure.upstream(
                  nothingDone, 502, "upstream.reset", endpoint() + " closed before it answered"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    insecureAfterAll = Connector.insecureAfterAll(pool.endpoint(), cause);
    // A reset shows up here first; what it means for the request is decided when the channel is
    // inactive. That nothing can be written any more says nothing of what is still to be read.
    if (!(cause instanceof ChannelOutputShutdownException)) {
      context.close();
    }
  }
}
