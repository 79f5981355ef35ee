package dev.headgate.tls;

import dev.headgate.concurrent.LoopConfined;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name that a client asks for out of its first message, then gives its place to the
 * handler that speaks TLS with that name's certificate.
 */
@LoopConfined
final class ServerNameHandler extends AbstractSniHandler<String> {
  /** The longest first message of a client; those of browsers have about two thousand bytes. */
  private static final int MAX_CLIENT_HELLO = 16 << 10;

  private final ServerTlsContext contexts;

  ServerNameHandler(ServerTlsContext contexts) {
    super(MAX_CLIENT_HELLO, contexts.handshakeTimeoutMillis());
    this.contexts = contexts;
  }

  @Override
  protected Future<String> lookup(ChannelHandlerContext ctx, @Nullable String name) {
    return ctx.executor().newSucceededFuture(name == null ? "" : name);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String name, Future<String> found) {
    SslHandler handler = contexts.newSslHandler(name, ctx.alloc());
    boolean placed = false;
    try {
      ctx.pipeline().replace(this, ctx.name(), handler);
      placed = true;
    } finally {
      if (!placed) {
        io.netty.util.ReferenceCountUtil.safeRelease(handler.engine());
      }
    }
  }
}
