package dev.headgate.worker;

import dev.headgate.config.RuntimeConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are read and written.
 *
 * @param name as in the configuration
 * @param handlers makes what drives an event loop
 * @param reusePort lets every loop listen on the same address, so that the kernel spreads
 *     connections
 * @param quickAck sends the acknowledgement that is due at once; null where there is no such option
 */
record Transport(
    String name,
    IoHandlerFactory handlers,
    ChannelFactory<? extends ServerSocketChannel> servers,
    ChannelFactory<? extends SocketChannel> sockets,
    ChannelFactory<? extends DatagramChannel> datagrams,
    ChannelOption<Boolean> reusePort,
    @Nullable ChannelOption<Boolean> quickAck) {

  /**
   * @throws IllegalStateException if what was asked for by name does not work on this machine
   */
  static Transport of(RuntimeConfig.Transport wanted) {
    return switch (wanted) {
      case AUTO -> IoUring.isAvailable() ? ioUring() : Epoll.isAvailable() ? epoll() : nio();
      case IO_URING -> {
        require(IoUring.isAvailable(), "io_uring", IoUring.unavailabilityCause());
        yield ioUring();
      }
      case EPOLL -> {
        require(Epoll.isAvailable(), "epoll", Epoll.unavailabilityCause());
        yield epoll();
      }
      case NIO -> nio();
    };
  }

  private static void require(boolean available, String name, Throwable cause) {
    if (!available) {
      throw new IllegalStateException(
          "runtime.transport: " + name + " is not available here: " + cause.getMessage(), cause);
    }
  }

  private static Transport ioUring() {
    return new Transport(
        "io_uring",
        IoUringIoHandler.newFactory(),
        () -> {
          IoUringServerSocketChannel server = new IoUringServerSocketChannel();
          server.pipeline().addLast(new ResetWatch.Accepted());
          return server;
        },
        () -> ResetWatch.over(new IoUringSocketChannel()),
        IoUringDatagramChannel::new,
        UnixChannelOption.SO_REUSEPORT,
        IoUringChannelOption.TCP_QUICKACK);
  }

  private static Transport epoll() {
    return new Transport(
        "epoll",
        EpollIoHandler.newFactory(),
        EpollServerSocketChannel::new,
        EpollSocketChannel::new,
        EpollDatagramChannel::new,
        UnixChannelOption.SO_REUSEPORT,
        EpollChannelOption.TCP_QUICKACK);
  }

  private static Transport nio() {
    return new Transport(
        "nio",
        NioIoHandler.newFactory(),
        NioServerSocketChannel::new,
        NioSocketChannel::new,
        NioDatagramChannel::new,
        NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT),
        null);
  }
}
