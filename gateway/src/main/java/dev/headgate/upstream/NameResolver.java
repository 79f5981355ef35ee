package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of endpoints that are given by name, for one loop.
 *
 * <p>Only the first request for a name waits for an answer. From then on, as long as a pool watches
 * the name, it is asked for again once a second; the library's cache answers that from memory until
 * the records' TTL is over. When the name server does not answer, the last good addresses stay in
 * use.
 */
@LoopConfined
public final class NameResolver {
  private static final Logger log = LoggerFactory.getLogger(NameResolver.class);
  private static final long ASK_AGAIN = TimeUnit.SECONDS.toNanos(1);

  /** Takes an address or the reason why there is none; never both, never neither. */
  interface Callback {
    void resolved(@Nullable InetAddress address, @Nullable Throwable failure);
  }

  private final class Name extends Deadline {
    private final String host;
    private final Set<EndpointPool> pools = new HashSet<>();
    private List<InetAddress> addresses = List.of();
    private int turn;
    private boolean failing;

    Name(String host) {
      this.host = host;
    }

    /** With several addresses, each connection goes to the next one. */
    InetAddress next() {
      turn = (turn + 1) % addresses.size();
      return addresses.get(turn);
    }

    @Override
    protected void expired() {
      ask(this, null);
    }

    void answered(List<InetAddress> now) {
      failing = false;
      Set<InetAddress> before = Set.copyOf(addresses);
      Set<InetAddress> after = Set.copyOf(now);
      addresses = now;
      if (!after.equals(before)) {
        pools.forEach(pool -> pool.moved(after));
      }
    }
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

  /** For clients that resolve names by themselves. */
  public AddressResolverGroup<InetSocketAddress> group() {
    return new AddressResolverGroup<>() {
      @Override
      protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetSocketAddressResolver(executor, dns);
      }
    };
  }

  /** Keeps asking for the name of the pool's endpoint, and tells the pool where it leads to. */
  void watch(EndpointPool pool) {
    Name name = names.computeIfAbsent(pool.endpoint().host(), Name::new);
    name.pools.add(pool);
    if (!name.addresses.isEmpty()) {
      pool.moved(Set.copyOf(name.addresses));
    }
  }

  void unwatch(EndpointPool pool) {
    Name name = names.get(pool.endpoint().host());
    if (name != null && name.pools.remove(pool) && name.pools.isEmpty()) {
      loop.cancel(name);
      names.remove(name.host);
    }
  }

  void resolve(String host, Callback callback) {
    Name name = names.get(host);
    if (name == null) {
      // Nobody watches it any more.
      name = new Name(host);
    }
    if (name.addresses.isEmpty()) {
      ask(name, callback);
    } else {
      callback.resolved(name.next(), null);
    }
  }

  private void ask(Name name, @Nullable Callback callback) {
    dns.resolveAll(name.host)
        .addListener(future -> {
          if (future.isSuccess()) {
            @SuppressWarnings("unchecked") // What resolveAll gives.
            List<InetAddress> addresses = (List<InetAddress>) future.getNow();
            name.answered(addresses);
          } else if (!name.failing) {
            name.failing = true;
            log.warn("cannot resolve {}: {}", name.host, String.valueOf(future.cause()));
          }
          if (!name.addresses.isEmpty() && !name.pools.isEmpty()) {
            loop.arm(name, ASK_AGAIN);
          }
          if (callback == null) {
            return;
          }
          if (name.addresses.isEmpty()) {
            callback.resolved(null, future.cause());
          } else {
            callback.resolved(name.next(), null);
          }
        });
  }

  public void close() {
    names.values().forEach(loop::cancel);
    names.clear();
    dns.close();
  }
}
