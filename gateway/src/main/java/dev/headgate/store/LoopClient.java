package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;
import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/**
 * The client library at home on one event loop: its connections, its timers and its callbacks all
 * run there, so that nothing is handed from thread to thread.
 *
 * <p>The library chooses the kind of its sockets for the whole process, epoll first, whatever
 * drives the loop that they are given to; on a loop with io_uring or NIO such a socket cannot live.
 * So its clients are extended at the one place where they set up a connection: {@link #atHome}.
 */
@LoopConfined
public final class LoopClient {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Loop loop;
  private final EventLoop eventLoop;
  private final ChannelFactory<? extends SocketChannel> sockets;
  private final AddressResolverGroup<InetSocketAddress> names;
  private final Clock clock;
  private final ClientResources resources;

  /**
   * @param sockets of the kind that the loop drives
   * @param names resolves hosts
   * @param clock the time at which certificates must be valid
   */
  public LoopClient(
      Loop loop,
      EventLoop eventLoop,
      ChannelFactory<? extends SocketChannel> sockets,
      AddressResolverGroup<InetSocketAddress> names,
      Clock clock) {
    this.loop = loop;
    this.eventLoop = eventLoop;
    this.sockets = sockets;
    this.names = names;
    this.clock = clock;
    this.resources =
        ClientResources.builder()
            .eventLoopGroupProvider(new OurLoop(eventLoop))
            .eventExecutorGroup(eventLoop)
            .timer(new LoopTimer(eventLoop))
            .eventBus(new NoEvents())
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .reconnectDelay(Delay.fullJitter(FIRST_PAUSE, LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
            .addressResolverGroup(names)
            .build();
  }

  Loop loop() {
    return loop;
  }

  Clock clock() {
    return clock;
  }

  ClientResources resources() {
    return resources;
  }

  /** Has a connection live on this loop, in a socket of the kind that the loop drives. */
  void atHome(ConnectionBuilder connection) {
    Bootstrap theirs = connection.bootstrap();
    Bootstrap ours = new Bootstrap().group(eventLoop).channelFactory(sockets).resolver(names);
    theirs.config().options().forEach((option, value) -> option(ours, option, value));
    theirs.config().attrs().forEach((key, value) -> attribute(ours, key, value));
    connection.bootstrap(ours);
  }

  @SuppressWarnings("unchecked") // The map holds what was put in with the option's type.
  private static <T> void option(Bootstrap to, ChannelOption<T> option, Object value) {
    to.option(option, (T) value);
  }

  @SuppressWarnings("unchecked") // As above.
  private static <T> void attribute(Bootstrap to, AttributeKey<T> key, Object value) {
    to.attr(key, (T) value);
  }

  /** Lets go of what the library keeps; the loop is not its to end. */
  public void close() {
    resources.shutdown(0, 0, TimeUnit.MILLISECONDS);
  }

  /**
   * @param eventLoop a group of one
   */
  private record OurLoop(EventLoop eventLoop) implements EventLoopGroupProvider {
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
      // The library asks for a kind that it knows and uses it as any group.
      return (T) eventLoop;
    }

    @Override
    public int threadPoolSize() {
      return 1;
    }

    @Override
    public Future<Boolean> release(
        EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
      return eventLoop.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
      return eventLoop.newSucceededFuture(true);
    }
  }

  /** Nobody listens to the library's own events. */
  private static final class NoEvents implements EventBus {
    @Override
    public Flux<Event> get() {
      return Flux.empty();
    }

    @Override
    public void publish(Event event) {}
  }
}
