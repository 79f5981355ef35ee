package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Listener;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.flow.ClientStream;
import dev.headgate.flow.RequestFlow;
import dev.headgate.flow.Serving;
import dev.headgate.http.BadMessage;
import dev.headgate.http.Buffers;
import dev.headgate.http.ByteSink;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Http1Body;
import dev.headgate.http.Http1Head;
import dev.headgate.http.Http1Writer;
import dev.headgate.http.MessageRules;
import dev.headgate.http.StatusLine;
import dev.headgate.http.WebSocketKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1 connection, and the stream of the one request on it at a time.
 *
 * <p>Requests are taken strictly one after the other: what a client sends ahead stays in the
 * buffer, and once there is something in it nothing more is read. A request's body is read only
 * when the flow asks for it. Everything runs from {@link #process}, a loop over what has arrived,
 * so that a hundred requests sent ahead do not nest a hundred calls.
 */
@LoopConfined
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements ClientStream, ClientConnection {
  private final ClientContext context;
  private final Serving serving;
  private final Channel channel;
  private final ClientInfo client;
  private final Listener.Limits limits;
  private final Http1Writer writer;
  private final Http1Head head;
  private final Http1Body body = new Http1Body();
  private final Deadline timeout =
      new Deadline() {
        @Override
        protected void expired() {
          timedOut();
        }
      };

  // The request on the connection.
  private @Nullable RequestFlow flow;
  private @Nullable Headers requestHeaders;
  private @Nullable Headers responseHeaders;
  private @Nullable WebSocketKey webSocketKey;
  private boolean headRequest;
  private boolean http10;
  private boolean requestComplete;
  private boolean responseComplete;
  private boolean keepAlive;
  private boolean tunnel;
  private boolean demand;

  // The connection.
  private @Nullable ByteBuf pending;
  private boolean processing;
  private boolean reading = true;
  private boolean closing;
  private boolean needsFlush;
  private boolean draining;
  private int requests;

  Http1Connection(ClientContext context, Channel channel, ClientInfo client) {
    this.context = context;
    this.serving = context.serving();
    this.channel = channel;
    this.client = client;
    this.limits = context.listener().limits();
    this.writer = new Http1Writer(channel, context.io().sink());
    this.head =
        new Http1Head(
            (int) limits.requestLine().bytes(),
            (int) limits.headerBytes().bytes(),
            limits.headerCount());
    context.opened(this);
    timer(limits.headerTimeout().toNanos());
  }

  // What comes from the client.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (closing) {
      in.release();
      return;
    }
    pending = Buffers.append(ctx.alloc(), pending, in);
    process();
  }

  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    ByteBuf in = pending;
    while (in != null && in.isReadable() && step(in)) {
      in = pending;
    }
    processing = false;
    in = pending;
    if (in != null && (closing || !in.isReadable())) {
      in.release();
      pending = null;
    }
    readOrNot();
  }

  /** Takes one step through what has arrived; says whether there may be another. */
  private boolean step(ByteBuf in) {
    if (closing) {
      return false;
    }
    RequestFlow current = flow;
    if (current == null) {
      return readHead(in);
    }
    if (!demand || requestComplete) {
      return false;
    }
    timer(limits.bodyTimeout().toNanos());
    if (tunnel) {
      current.requestData(in.readRetainedSlice(in.readableBytes()));
      return true;
    }
    try {
      return readBody(current, in);
    } catch (BadMessage e) {
      keepAlive = false;
      current.fail(Failure.client(Stage.READ, e.status(), e.reason(), e.detail()));
      return false;
    }
  }

  private boolean readHead(ByteBuf in) {
    if (!head.started()) {
      Headers fresh = context.io().headers().take();
      requestHeaders = fresh;
      head.startRequest(fresh);
      timer(limits.headerTimeout().toNanos());
    }
    try {
      if (!head.read(in)) {
        return false;
      }
      beginRequest();
    } catch (BadMessage e) {
      refuse(e);
    }
    return true;
  }

  private void beginRequest() throws BadMessage {
    Headers headers = head.headers();
    long startNanos = serving.loop().nanos();
    Http1Request request = Http1Request.of(head);
    http10 = head.minor() == 0;
    headRequest = request.head().method().equals("HEAD");
    requests++;
    keepAlive =
        request.keepAlive()
            && !draining
            && (limits.requestsPerConnection() == 0 || requests < limits.requestsPerConnection());
    webSocketKey = request.webSocketKey();
    MessageRules.removeHopByHop(headers);
    body.start(request.framing(), request.length());
    begin(request.head(), startNanos, body.done() && !request.head().webSocket());
  }

  private void begin(Exchange.Head requestHead, long startNanos, boolean end) {
    RequestFlow next = newFlow(requestHead, startNanos);
    requestComplete = end;
    if (end) {
      timeout.disarm();
    }
    next.start(end);
  }

  private RequestFlow newFlow(Exchange.Head requestHead, long startNanos) {
    Headers answer = context.io().headers().take();
    responseHeaders = answer;
    Exchange exchange =
        new Exchange(
            client,
            http10 ? "HTTP/1.0" : "HTTP/1.1",
            requestHead,
            head.headers(),
            answer,
            startNanos);
    context.identify(exchange);
    RequestFlow next = new RequestFlow(serving, exchange, this);
    flow = next;
    responseComplete = false;
    tunnel = false;
    demand = false;
    return next;
  }

  /** Answers a head that breaks the rules, records it, and closes. */
  private void refuse(BadMessage e) {
    http10 = false;
    headRequest = false;
    requestComplete = true;
    keepAlive = false;
    head.headers().clear();
    newFlow(new Exchange.Head("-", "", "", "-", false), serving.loop().nanos())
        .refuse(Failure.client(Stage.READ, e.status(), e.reason(), e.detail()));
  }

  private boolean readBody(RequestFlow current, ByteBuf in) throws BadMessage {
    ByteBuf data = body.read(in);
    if (data != null) {
      current.requestData(data);
    }
    if (body.done() && flow == current && !requestComplete) {
      requestComplete = true;
      timeout.disarm();
      current.requestEnd(body.trailers());
      endIfBothComplete();
    }
    return true;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readComplete();
  }

  /** All that was read at once has been taken: puts on the wire what came of it. */
  private void readComplete() {
    RequestFlow current = flow;
    if (current != null) {
      current.clientReadComplete();
    }
    if (needsFlush) {
      flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    boolean writable = ctx.channel().isWritable();
    RequestFlow current = flow;
    if (current != null) {
      // A client that stops reading has as long as one that stops sending.
      if (!writable) {
        timer(limits.bodyTimeout().toNanos());
      } else if (requestComplete) {
        timeout.disarm();
      }
      current.clientWritable(writable);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone("client.closed");
    ByteBuf in = pending;
    if (in != null && !processing) {
      pending = null;
      in.release();
    }
    context.closed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a TLS record that is none; what it means for a request is told when the channel
    // is inactive.
    ctx.close();
  }

  private void gone(String reason) {
    closing = true;
    timeout.disarm();
    RequestFlow current = flow;
    if (current != null) {
      current.clientGone(reason);
      forget();
    } else if (requestHeaders != null) {
      forget();
    }
  }

  private void timedOut() {
    RequestFlow current = flow;
    if (current == null) {
      if (head.started()) {
        refuse(new BadMessage(408, "client.header_timeout", "the head did not come in time"));
      } else {
        close();
      }
    } else if (!requestComplete && channel.isWritable()) {
      keepAlive = false;
      current.fail(
          Failure.client(Stage.READ, 408, "client.body_timeout", "the body did not come in time"));
    } else {
      gone("client.read_timeout");
      close();
    }
  }

  private void timer(long nanos) {
    serving.loop().arm(timeout, nanos);
  }

  private void readOrNot() {
    boolean wanted = closing || flow == null || (requestComplete ? pending == null : demand);
    if (wanted != reading) {
      reading = wanted;
      channel.config().setAutoRead(wanted);
    }
  }

  // What the flow calls.

  @Override
  public void informational(int status, Headers headers) {
    if (!http10) {
      ByteSink out = writer.head();
      out.put(StatusLine.of(status));
      headers.writeTo(out);
      writer.endHead(false);
      needsFlush = true;
    }
  }

  @Override
  public void head(int status, Headers headers, boolean end) {
    boolean sized = end || headers.has(HeaderName.CONTENT_LENGTH);
    boolean chunked = !sized && !http10 && !headRequest;
    // What is left of a request that was answered early must not be taken for the next request.
    keepAlive &= (sized || chunked || headRequest) && requestComplete && !draining;
    ByteSink out = writer.head();
    out.put(StatusLine.of(status));
    headers.writeTo(out);
    if (!keepAlive) {
      out.put("connection: close\r\n");
    } else if (http10) {
      out.put("connection: keep-alive\r\n");
    }
    if (end
        && !headRequest
        && status >= 200
        && status != 204
        && status != 304
        && !headers.has(HeaderName.CONTENT_LENGTH)) {
      out.put("content-length: 0\r\n");
    }
    writer.endHead(chunked);
    needsFlush = true;
    if (end) {
      ended();
    }
  }

  @Override
  public void tunnel(Headers headers) {
    tunnel = true;
    keepAlive = false;
    ByteSink out = writer.head();
    out.put(StatusLine.of(101)).put("connection: upgrade\r\nupgrade: websocket\r\n");
    WebSocketKey key = webSocketKey;
    if (key != null) {
      out.put("sec-websocket-accept: ").put(key.accept()).put('\r').put('\n');
    }
    headers.writeTo(out);
    writer.endHead(false);
    needsFlush = true;
  }

  @Override
  public void data(ByteBuf data) {
    writer.data(data);
    needsFlush = true;
  }

  @Override
  public void end(@Nullable Headers trailers) {
    if (!tunnel) {
      writer.end(trailers);
      needsFlush = true;
    }
    ended();
  }

  private void ended() {
    responseComplete = true;
    if (!requestComplete) {
      keepAlive = false;
    }
    endIfBothComplete();
  }

  @Override
  public void flush() {
    if (needsFlush) {
      needsFlush = false;
      channel.flush();
    }
  }

  @Override
  public void abort() {
    closing = true;
    forget();
    close();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void demand(boolean wanted) {
    if (demand == wanted) {
      return;
    }
    demand = wanted;
    if (wanted) {
      if (!requestComplete) {
        timer(limits.bodyTimeout().toNanos());
      }
      if (pending != null && !processing) {
        process();
        readComplete();
        return;
      }
    } else if (!requestComplete) {
      // It is not the client that is waited for.
      timeout.disarm();
    }
    readOrNot();
  }

  // The end of a request.

  private void endIfBothComplete() {
    if (!responseComplete) {
      return;
    }
    if (!keepAlive) {
      closeAfterAnswer();
    } else if (requestComplete) {
      forget();
      timer(limits.idleTimeout().toNanos());
      if (draining) {
        close();
      } else if (pending != null && !processing) {
        // The next request was sent ahead: no read of the client's will come to flush what it does.
        process();
        readComplete();
      } else {
        readOrNot();
      }
    }
  }

  /**
   * Lets the answer arrive: a close with unread bytes would reset the connection and could take the
   * answer with it.
   */
  private void closeAfterAnswer() {
    boolean wasWhole = requestComplete;
    closing = true;
    forget();
    timeout.disarm();
    needsFlush = false;
    if (wasWhole) {
      channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    } else {
      Lingering.close(channel, serving.loop());
      readOrNot();
    }
  }

  private void forget() {
    flow = null;
    Headers request = requestHeaders;
    Headers answer = responseHeaders;
    requestHeaders = null;
    responseHeaders = null;
    if (request != null) {
      context.io().headers().give(request);
    }
    if (answer != null) {
      context.io().headers().give(answer);
    }
    head.reset();
  }

  @Override
  public void close() {
    closing = true;
    timeout.disarm();
    channel.close();
  }

  @Override
  public void drain() {
    draining = true;
    keepAlive = false;
    if (flow == null && !head.started()) {
      close();
    }
  }
}
