package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Listener;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.flow.Serving;
import dev.headgate.telemetry.ListenerMetrics;
import dev.headgate.tls.ListenerTls;
import dev.headgate.upstream.LoopIo;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A listener on one loop: its listening socket, and how a connection that it accepts comes to its
 * first request: address rules and bounds, PROXY protocol, TLS, the choice of HTTP/1 or HTTP/2.
 */
@LoopConfined
public final class ListenerLoop {
  private final ListenerHandle handle;
  private final Serving serving;
  private final LoopIo io;
  private final ListenerMetrics metrics;
  private final Set<ClientConnection> connections = new HashSet<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private ListenerHandle.Settings settings;
  private ClientContext context;
  private @Nullable ChannelOption<Boolean> quickAck;
  private @Nullable Channel socket;
  private boolean draining;

  public ListenerLoop(ListenerHandle handle, Serving serving, LoopIo io, ListenerMetrics metrics) {
    this.handle = handle;
    this.serving = serving;
    this.io = io;
    this.metrics = metrics;
    this.settings = handle.settings();
    this.context = newContext();
  }

  private ClientContext newContext() {
    return new ClientContext(serving, io, settings.config(), this);
  }

  /**
   * Listens, and gives back the address that it really is.
   *
   * @param quickAckOption the transport's, if it has one
   */
  public CompletableFuture<InetSocketAddress> bind(
      ChannelFactory<? extends ServerChannel> servers,
      ChannelOption<Boolean> reusePort,
      @Nullable ChannelOption<Boolean> quickAckOption,
      InetSocketAddress address) {
    quickAck = quickAckOption;
    CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    ChannelFuture binding =
        new ServerBootstrap()
            .group(io.eventLoop())
            .channelFactory(servers)
            .option(reusePort, true)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted(channel);
                  }
                })
            .bind(address);
    binding.addListener(future -> {
      if (future.isSuccess()) {
        socket = binding.channel();
        bound.complete((InetSocketAddress) binding.channel().localAddress());
      } else {
        bound.completeExceptionally(future.cause());
      }
    });
    return bound;
  }

  private void accepted(Channel channel) {
    if (draining || !(channel.remoteAddress() instanceof InetSocketAddress peer)) {
      channel.close();
      return;
    }
    if (settings != handle.settings()) {
      settings = handle.settings();
      context = newContext();
    }
    ClientContext current = context;
    ListenerTls tls = settings.tls();
    Listener config = settings.config();
    if (!handle.connections().enter(config.limits())) {
      refuse(channel, "connections.limit");
      return;
    }
    channel.closeFuture().addListener(_ -> handle.connections().leave());
    if (!config.proxyProtocol()) {
      identified(channel, current, tls, peer);
    } else if (current.maySayWhoCalls(peer.getAddress())) {
      ProxyProtocol.await(
          channel,
          peer,
          io.loop(),
          config.limits().headerTimeout(),
          new ProxyProtocol.Outcome() {
            @Override
            public void identified(InetSocketAddress caller) {
              ListenerLoop.this.identified(channel, current, tls, caller);
            }

            @Override
            public void refused(String reason) {
              refuse(channel, reason);
            }
          });
    } else {
      refuse(channel, "proxy.untrusted");
    }
  }

  private void refuse(Channel channel, String reason) {
    metrics.connectionRefused(reason);
    channel.close();
  }

  /** It is known who calls: may it come in, and what does it speak? */
  private void identified(
      Channel channel, ClientContext current, @Nullable ListenerTls tls, InetSocketAddress peer) {
    InetAddress address = peer.getAddress();
    if (!current.mayConnect(address)) {
      refuse(channel, "address.denied");
      return;
    }
    if (!handle.connections().enter(address, current.listener().limits())) {
      refuse(channel, "connections.client_limit");
      return;
    }
    metrics.connectionOpened();
    channel
        .closeFuture()
        .addListener(_ -> {
          handle.connections().leave(address);
          metrics.connectionClosed();
        });
    ClientInfo client =
        new ClientInfo(
            handle.name(), address, address.getHostAddress(), peer.getPort(), false, null, null);
    if (tls == null) {
      speak(channel, current, client, null);
    } else {
      channel
          .pipeline()
          .addLast(
              tls.newHandler(channel.alloc()), new AfterHandshake(this, current, client, metrics));
    }
  }

  /**
   * Adds the handler of the protocol that is spoken.
   *
   * @param agreed what ALPN chose; null where nothing was agreed on
   */
  void speak(Channel channel, ClientContext current, ClientInfo client, @Nullable String agreed) {
    if (draining) {
      // Accepted before; no request has begun.
      channel.close();
      return;
    }
    List<Listener.Protocol> protocols = current.listener().protocols();
    boolean http1 = protocols.contains(Listener.Protocol.HTTP1);
    boolean http2 = protocols.contains(Listener.Protocol.HTTP2);
    ChannelHandler handler;
    if ("h2".equals(agreed) || !http1) {
      handler = Http2Connection.of(current, client);
    } else if (http2 && !client.secure()) {
      handler =
          new ProtocolSniffer(
              current,
              channel,
              () -> new Http1Connection(current, channel, client),
              () -> Http2Connection.of(current, client));
    } else {
      handler = new Http1Connection(current, channel, client);
    }
    channel.pipeline().addLast(handler);
  }

  /**
   * Acknowledges the end of a handshake at once. A client that gathers small writes (Nagle) sends
   * its first request only then, and there is nothing of ours on its way that would carry the
   * acknowledgement: it would come 40 ms later.
   */
  void acknowledge(Channel channel) {
    if (quickAck != null) {
      channel.config().setOption(quickAck, true);
    }
  }

  void opened(ClientConnection connection) {
    connections.add(connection);
  }

  void closed(ClientConnection connection) {
    connections.remove(connection);
    completeIfDrained();
  }

  /**
   * Stops listening and lets requests under way finish; done when the last connection is closed.
   */
  public CompletableFuture<Void> drain() {
    draining = true;
    Channel listening = socket;
    if (listening != null) {
      listening.close();
    }
    List.copyOf(connections).forEach(ClientConnection::drain);
    completeIfDrained();
    return drained;
  }

  private void completeIfDrained() {
    if (draining && connections.isEmpty()) {
      drained.complete(null);
    }
  }

  /** Closes everything at once. */
  public void close() {
    draining = true;
    Channel listening = socket;
    if (listening != null) {
      listening.close();
    }
    List.copyOf(connections).forEach(ClientConnection::close);
  }
}
