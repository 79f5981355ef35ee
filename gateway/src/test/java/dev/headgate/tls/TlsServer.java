package dev.headgate.tls;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A listener that echoes over TLS, and tells what each handshake came to. */
final class TlsServer implements AutoCloseable {
  /** How a handshake ended. */
  sealed interface Ended permits Finished, Failed {
    default TlsFacts facts() {
      return switch (this) {
        case Finished finished -> finished.agreed();
        case Failed failed -> throw new AssertionError("the handshake failed", failed.cause());
      };
    }
  }

  record Finished(TlsFacts agreed) implements Ended {}

  record Failed(Throwable cause) implements Ended {}

  final BlockingQueue<Ended> handshakes = new LinkedBlockingQueue<>();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel channel;

  TlsServer(Supplier<ListenerTls> tls) {
    this((ByteBufAllocator allocator) -> tls.get().newHandler(allocator));
  }

  TlsServer(Function<ByteBufAllocator, ChannelHandler> tls) {
    channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel ch) {
                    connections.add(ch);
                    ch.pipeline().addLast(tls.apply(ch.alloc())).addLast(new Echo());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done) {
        handshakes.add(
            done.isSuccess()
                ? new Finished(TlsFacts.of(ctx.pipeline().get(SslHandler.class)))
                : new Failed(done.cause()));
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush((ByteBuf) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Connects and finishes the handshake; verifies nothing but what the context does. */
  SSLSocket connect(SSLContext context, @Nullable String serverName, String... protocols)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(10_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (serverName != null) {
      parameters.setServerNames(java.util.List.of(new SNIHostName(serverName)));
    }
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    if (protocols.length > 0) {
      parameters.setProtocols(protocols);
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Sends a byte and reads it back: in TLS 1.3 only this shows that the server agreed. */
  static void echo(SSLSocket socket) throws IOException {
    socket.getOutputStream().write('x');
    int read = socket.getInputStream().read();
    if (read != 'x') {
      throw new IOException("the server closed the connection");
    }
  }

  Ended nextHandshake() throws InterruptedException {
    Ended ended = handshakes.poll(10, TimeUnit.SECONDS);
    if (ended == null) {
      throw new AssertionError("no handshake ended");
    }
    return ended;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    connections.close().syncUninterruptibly();
    // Handlers are removed, and engines freed, by a task that closing leaves behind.
    loops.submit(() -> {}).syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
