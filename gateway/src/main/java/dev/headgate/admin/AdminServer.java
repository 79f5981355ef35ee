package dev.headgate.admin;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.HostPort;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The admin endpoints' listener.
 *
 * <p>May be closed from any thread, but its own event loop's.
 */
@Shared
public final class AdminServer implements AutoCloseable {
  private static final int CONNECTIONS = 64;
  private static final int IDLE_SECONDS = 30;
  private static final int REQUEST_LINE_BYTES = 2048;
  private static final int HEADER_BYTES = 8192;

  private final EventLoopGroup loop;
  private final Channel channel;
  private final ChannelGroup connections;

  private AdminServer(EventLoopGroup loop, Channel channel, ChannelGroup connections) {
    this.loop = loop;
    this.channel = channel;
    this.connections = connections;
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  public static AdminServer open(HostPort address, NodeView node) throws IOException {
    InetSocketAddress wanted = new InetSocketAddress(address.host(), address.port());
    if (wanted.isUnresolved()) {
      throw new IOException(address.host() + " is not a known host name");
    }
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("headgate-admin", true), NioIoHandler.newFactory());
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    AdminPages pages = new AdminPages(node);
    boolean loopback = wanted.getAddress().isLoopbackAddress();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    admit(connection, connections, new AdminHandler(pages, loopback));
                  }
                });
    var bound = bootstrap.bind(wanted).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
    }
    return new AdminServer(loop, bound.channel(), connections);
  }

  private static void admit(SocketChannel connection, ChannelGroup all, AdminHandler handler) {
    if (all.size() >= CONNECTIONS) {
      var _ = connection.close();
      return;
    }
    all.add(connection);
    connection
        .pipeline()
        .addLast(new IdleStateHandler(true, 0, 0, IDLE_SECONDS, TimeUnit.SECONDS))
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(REQUEST_LINE_BYTES)
                    .setMaxHeaderSize(HEADER_BYTES)))
        .addLast(handler);
  }

  /** Where it listens, with the port that the system chose if none was named. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Stops listening, closes what is open and waits until the thread has ended. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
