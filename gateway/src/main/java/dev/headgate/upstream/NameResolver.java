package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of endpoints that are given by name, for one loop.
 *
 * <p>Only the first request for a name waits for an answer. Later ones take the addresses known so
 * far, and ask again in passing at most once a second; the library's cache answers that from memory
 * until the records' TTL is over. When the name server does not answer, the last good addresses
 * stay in use.
 */
@LoopConfined
public final class NameResolver {
  private static final Logger log = LoggerFactory.getLogger(NameResolver.class);
  private static final long ASK_AGAIN = TimeUnit.SECONDS.toNanos(1);

  /** Takes an address or the reason why there is none; never both, never neither. */
  interface Callback {
    void resolved(@Nullable InetAddress address, @Nullable Throwable failure);
  }

  private static final class Name {
    List<InetAddress> addresses = List.of();
    long askAgainNanos;
    int turn;
    boolean failing;
  }

  private final DnsNameResolver dns;
  private final Loop loop;
  private final Map<String, Name> names = new HashMap<>();

  /**
   * @param servers name servers, in the order in which they are asked; none for the system's
   */
  public NameResolver(
      EventLoop eventLoop,
      Loop loop,
      ChannelFactory<? extends DatagramChannel> datagrams,
      ChannelFactory<? extends SocketChannel> sockets,
      List<InetSocketAddress> servers) {
    this.loop = loop;
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder(eventLoop)
            .datagramChannelFactory(datagrams)
            .socketChannelFactory(sockets)
            .queryTimeoutMillis(2000)
            .ttl(1, 86_400)
            .negativeTtl(1);
    if (!servers.isEmpty()) {
      builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(servers));
    }
    this.dns = builder.build();
  }

  void resolve(String host, Callback callback) {
    Name name = names.computeIfAbsent(host, ignored -> new Name());
    if (name.addresses.isEmpty()) {
      ask(host, name, callback);
      return;
    }
    if (loop.nanos() - name.askAgainNanos >= 0) {
      ask(host, name, null);
    }
    callback.resolved(next(name), null);
  }

  /** With several addresses, each connection goes to the next one. */
  private static InetAddress next(Name name) {
    name.turn = (name.turn + 1) % name.addresses.size();
    return name.addresses.get(name.turn);
  }

  private void ask(String host, Name name, @Nullable Callback callback) {
    name.askAgainNanos = loop.nanos() + ASK_AGAIN;
    dns.resolveAll(host)
        .addListener(future -> {
          if (future.isSuccess()) {
            @SuppressWarnings("unchecked") // What resolveAll gives.
            List<InetAddress> addresses = (List<InetAddress>) future.getNow();
            name.addresses = addresses;
            name.failing = false;
          } else if (!name.failing) {
            name.failing = true;
            log.warn("cannot resolve {}: {}", host, String.valueOf(future.cause()));
          }
          if (callback != null) {
            if (name.addresses.isEmpty()) {
              callback.resolved(null, future.cause());
            } else {
              callback.resolved(next(name), null);
            }
          }
        });
  }

  public void close() {
    dns.close();
  }
}
