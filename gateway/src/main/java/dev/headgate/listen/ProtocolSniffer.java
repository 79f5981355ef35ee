package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.http.Buffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 by prior knowledge from HTTP/1 on a connection without TLS, and gives its place to
 * the one that speaks it (RFC 9113 section 3.3).
 *
 * <p>The preface of HTTP/2 was chosen so that no HTTP/1 request begins like it: nearly always the
 * first or second byte says which it is, and what has arrived is passed on untouched.
 */
@LoopConfined
final class ProtocolSniffer extends ChannelInboundHandlerAdapter implements ClientConnection {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ClientContext context;
  private final Channel channel;
  private final Supplier<ChannelHandler> http1;
  private final Supplier<ChannelHandler> http2;
  private final Deadline timeout =
      new Deadline() {
        @Override
        protected void expired() {
          close();
        }
      };

  private @Nullable ByteBuf pending;

  ProtocolSniffer(
      ClientContext context,
      Channel channel,
      Supplier<ChannelHandler> http1,
      Supplier<ChannelHandler> http2) {
    this.context = context;
    this.channel = channel;
    this.http1 = http1;
    this.http2 = http2;
    context.opened(this);
    context.io().loop().arm(timeout, context.listener().limits().headerTimeout().toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = Buffers.append(ctx.alloc(), pending, (ByteBuf) message);
    pending = null;
    int count = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < count; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        giveWay(ctx, http1.get(), in);
        return;
      }
    }
    if (count == PREFACE.length) {
      giveWay(ctx, http2.get(), in);
    } else {
      pending = in;
    }
  }

  private void giveWay(ChannelHandlerContext ctx, ChannelHandler handler, ByteBuf in) {
    leave();
    ctx.pipeline().replace(this, null, handler);
    ctx.fireChannelRead(in);
  }

  private void leave() {
    context.io().loop().cancel(timeout);
    context.closed(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leave();
    ByteBuf in = pending;
    if (in != null) {
      pending = null;
      in.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void drain() {
    close();
  }

  @Override
  public void close() {
    channel.close();
  }
}
