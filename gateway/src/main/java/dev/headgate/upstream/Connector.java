package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import dev.headgate.tls.UpstreamTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes connections to the endpoints of one upstream, and tells their pools how it went. */
@LoopConfined
public final class Connector {
  private final LoopIo io;
  private final NameResolver names;
  private final @Nullable UpstreamTls tls;

  /**
   * @param tls for endpoints that speak it; null where none does
   */
  public Connector(LoopIo io, NameResolver names, @Nullable UpstreamTls tls) {
    this.io = io;
    this.names = names;
    this.tls = tls;
  }

  LoopIo io() {
    return io;
  }

  /** Has the pool told when its endpoint's name leads elsewhere. */
  void watch(EndpointPool pool) {
    if (pool.endpoint().literal() == null) {
      names.watch(pool);
    }
  }

  void unwatch(EndpointPool pool) {
    names.unwatch(pool);
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
            // An endpoint that answers and closes without reading the whole request makes writes
            // fail, often before its answer has been read. So the end of a connection is what its
            // reading side says.
            .option(ChannelOption.AUTO_CLOSE, false)
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
    EndpointAddress endpoint = pool.endpoint();
    UpstreamTls security = tls;
    if (!endpoint.secure() || security == null) {
      speak(pool, channel, pool.limits().multiplexes());
      return;
    }
    SslHandler handler = security.newHandler(channel.alloc(), endpoint.host(), endpoint.port());
    handler.setHandshakeTimeoutMillis(Math.max(1, pool.limits().connectNanos() / 1_000_000));
    QuietFailure untilSpoken = new QuietFailure();
    channel.pipeline().addLast(handler, untilSpoken);
    handler
        .handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            channel.pipeline().remove(untilSpoken);
            boolean agreed = "h2".equals(handler.applicationProtocol());
            speak(pool, channel, agreed || pool.limits().multiplexes());
          } else {
            channel.close();
            pool.connectFailed(insecure(endpoint, handshake.cause()));
          }
        });
  }

  /** Keeps what goes wrong in a handshake from being logged as nobody's: its future tells it. */
  private static final class QuietFailure extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Hands a connection over to its pool. */
  private void speak(EndpointPool pool, Channel channel, boolean http2) {
    if (http2) {
      Http2UpstreamConnection.start(pool, io, channel);
    } else {
      Http1UpstreamConnection.start(pool, io, channel);
    }
  }

  private static Failure insecure(EndpointAddress endpoint, @Nullable Throwable cause) {
    return cause instanceof SslHandshakeTimeoutException
        ? Failure.upstream(
            true, 504, "upstream.connect_timeout", "no TLS with " + endpoint.name() + " in time")
        : Failure.upstream(
            true, 502, "upstream.tls", "no TLS with " + endpoint.name() + ": " + cause);
  }

  /**
   * What it means that a connection in use failed so: with TLS 1.3 an endpoint that does not like
   * the gateway's certificate, or misses one, says so only after the handshake (RFC 8446 section
   * 4.4.2.4).
   *
   * @return null if it was not TLS that failed
   */
  static @Nullable Failure insecureAfterAll(EndpointAddress endpoint, Throwable cause) {
    return cause instanceof DecoderException && cause.getCause() instanceof SSLException why
        ? Failure.upstream(false, 502, "upstream.tls", endpoint.name() + " ended TLS: " + why)
        : null;
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
