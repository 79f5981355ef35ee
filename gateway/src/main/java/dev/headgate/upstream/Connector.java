package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes connections to the endpoints of one upstream, and tells their pools how it went. */
@LoopConfined
public final class Connector {
  private final LoopIo io;
  private final NameResolver names;

  public Connector(LoopIo io, NameResolver names) {
    this.io = io;
    this.names = names;
  }

  LoopIo io() {
    return io;
  }

  void connect(EndpointPool pool) {
    EndpointAddress endpoint = pool.endpoint();
    InetAddress literal = endpoint.literal();
    if (literal != null) {
      connect(pool, literal);
    } else {
      names.resolve(
          endpoint.host(),
          (address, failure) -> {
            if (address != null) {
              connect(pool, address);
            } else {
              // Never from within the pool's own call, which still counts this connection as being
              // made.
              io.eventLoop().execute(() -> pool.connectFailed(unresolved(endpoint, failure)));
            }
          });
    }
  }

  private void connect(EndpointPool pool, InetAddress address) {
    ChannelFuture connecting =
        new Bootstrap()
            .group(io.eventLoop())
            .channelFactory(io.sockets())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int)
                    Math.min(
                        Integer.MAX_VALUE, Math.max(1, pool.limits().connectNanos() / 1_000_000)))
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new InetSocketAddress(address, pool.endpoint().port()));
    connecting.addListener(future -> {
      if (future.isSuccess()) {
        connected(pool, connecting.channel());
      } else {
        pool.connectFailed(refused(pool.endpoint(), future.cause()));
      }
    });
  }

  private void connected(EndpointPool pool, Channel channel) {
    Http1UpstreamConnection connection = new Http1UpstreamConnection(pool, io, channel);
    channel.pipeline().addLast(connection);
    pool.connected(connection);
  }

  private static Failure unresolved(EndpointAddress endpoint, @Nullable Throwable cause) {
    return Failure.upstream(
        true, 502, "upstream.name", "cannot resolve " + endpoint.host() + ": " + cause);
  }

  private static Failure refused(EndpointAddress endpoint, @Nullable Throwable cause) {
    return cause instanceof io.netty.channel.ConnectTimeoutException
        ? Failure.upstream(
            true,
            504,
            "upstream.connect_timeout",
            "no connection to " + endpoint.name() + " in time")
        : Failure.upstream(
            true,
            502,
            "upstream.connect_failed",
            "cannot connect to " + endpoint.name() + ": " + cause);
  }
}
