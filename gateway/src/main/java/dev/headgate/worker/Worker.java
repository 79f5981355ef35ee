package dev.headgate.worker;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.LimitMeter;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.Offload;
import dev.headgate.exchange.Stores;
import dev.headgate.exchange.TimerWheel;
import dev.headgate.flow.Serving;
import dev.headgate.http.ByteSink;
import dev.headgate.http.HeadersPool;
import dev.headgate.http.HttpDate;
import dev.headgate.listen.ListenerHandle;
import dev.headgate.listen.ListenerLoop;
import dev.headgate.mirror.Mirrors;
import dev.headgate.overload.NodeLoad;
import dev.headgate.overload.Shedder;
import dev.headgate.overload.Shedding;
import dev.headgate.retry.ReplayMemory;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.store.LoopClient;
import dev.headgate.store.LoopStores;
import dev.headgate.store.StoreNews;
import dev.headgate.store.StoreObserver;
import dev.headgate.telemetry.LoopRecorder;
import dev.headgate.telemetry.Recorder;
import dev.headgate.telemetry.StoreMetrics;
import dev.headgate.upstream.CalloutClient;
import dev.headgate.upstream.Connector;
import dev.headgate.upstream.LoopIo;
import dev.headgate.upstream.NameResolver;
import dev.headgate.upstream.UpstreamPool;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One core's world: an event loop, the snapshot that serves its requests, its listening sockets,
 * its connections to upstreams and its timers. Nothing in it is shared with another loop. The
 * methods that give back a future may be called from any thread and do their work on the loop.
 */
@LoopConfined
public final class Worker implements Serving, Loop {
  /** How many milliseconds the sockets may take to close in the end. */
  private static final int SOCKETS_PATIENCE = 50;

  private static final long ACTIVE_EVERY = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop eventLoop;
  private final Transport transport;
  private final Clock clock;
  private final int loops;
  private final LoopIo io;
  private final LoopRecorder recorder;
  private final NameResolver names;
  private final Offload offload;
  private final CalloutClient calloutClient;
  private final Callouts callouts;
  private final LoopStores stores;
  private final Probing probing;
  private final Mirrors mirrors;
  private final NodeMemory memory;
  private final Shedder shedder;
  private final LoopPolicies policies = new LoopPolicies(this);
  private final TimerWheel timers = new TimerWheel(System.nanoTime());
  private final HttpDate date = new HttpDate();
  private final Map<Action.NamedUpstream, UpstreamPool> pools = new HashMap<>();
  private final Map<ListenerHandle, ListenerLoop> listeners = new HashMap<>();
  private Snapshot snapshot;

  /** When the timers are to be looked at next. */
  private long tickDue;

  /** When it was noted last how many requests are under way. */
  private long activeNoted = System.nanoTime();

  /**
   * What all loops of the process have in common.
   *
   * @param loops how many loops share the bounds of each upstream
   * @param recorders makes a loop's recorder
   */
  record Node(
      Transport transport,
      Clock clock,
      int loops,
      Function<Loop, LoopRecorder> recorders,
      OffloadThreads offload,
      StoreNews storeNews,
      NodeLoad load,
      NodeMemory memory) {}

  /**
   * @param number of this loop, from 0 on
   * @param node what this loop has in common with the others
   */
  Worker(EventLoop eventLoop, int number, Node node, Snapshot snapshot) {
    this.eventLoop = eventLoop;
    this.transport = node.transport();
    this.clock = node.clock();
    this.loops = node.loops();
    this.snapshot = snapshot;
    long replays = snapshot.config().runtime().retryMemory().bytes() / loops;
    this.io =
        new LoopIo(
            eventLoop,
            transport.sockets(),
            this,
            new ByteSink(),
            new HeadersPool(),
            new ReplayMemory(replays));
    this.recorder = node.recorders().apply(this);
    this.names =
        new NameResolver(
            eventLoop,
            this,
            transport.datagrams(),
            transport.sockets(),
            snapshot.config().runtime().resolver().stream()
                .map(server -> new InetSocketAddress(server.host(), server.port()))
                .toList());
    this.offload = node.offload().of(this);
    this.calloutClient = new CalloutClient(io, names, clock);
    this.callouts = new MeasuredCallouts(calloutClient, this, recorder);
    this.stores =
        new LoopStores(
            new LoopClient(this, eventLoop, transport.sockets(), names.group(), clock),
            node.storeNews(),
            this::storeObserver);
    stores.retain(snapshot.stores());
    this.probing = new Probing(io, names, recorder);
    this.mirrors =
        new Mirrors(this, loops, this::pool, recorder::mirrored, recorder::mirroredBodies);
    this.memory = node.memory();
    this.shedder =
        new Shedder(node.load().observer(number, recorder::shed), TimerWheel.TICK, nanos());
    begin(snapshot);
    long tick = TimerWheel.TICK;
    tickDue = nanos() + tick;
    eventLoop.scheduleAtFixedRate(this::tick, tick, tick, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    long now = nanos();
    recorder.late(Math.max(0, now - tickDue));
    tickDue += TimerWheel.TICK;
    shedder.tick(snapshot.config().overload(), memory.share(now), now);
    timers.advance(now);
    if (now - activeNoted >= ACTIVE_EVERY) {
      activeNoted = now;
      pools.values().forEach(UpstreamPool::note);
    }
  }

  // Loop

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return clock.millis();
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void arm(Deadline deadline, long delayNanos) {
    timers.arm(deadline, nanos() + delayNanos);
  }

  @Override
  public void cancel(Deadline deadline) {
    timers.cancel(deadline);
  }

  @Override
  public Callouts callouts() {
    return callouts;
  }

  @Override
  public Stores stores() {
    return stores;
  }

  @Override
  public LimitMeter limitMeter(String limit) {
    return recorder.limit(limit);
  }

  @Override
  public Shedding shedding() {
    return shedder;
  }

  @Override
  public Offload offload() {
    return offload;
  }

  @Override
  public boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  // Serving

  @Override
  public Loop loop() {
    return this;
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public Recorder recorder() {
    return recorder;
  }

  @Override
  public LoopPolicies policies() {
    return policies;
  }

  @Override
  public UpstreamPool pool(Action.NamedUpstream upstream) {
    UpstreamPool pool = pools.get(upstream);
    if (pool == null) {
      pool =
          new UpstreamPool(
              new Connector(io, names, upstream.tls()),
              upstream.health(),
              upstream.ring(),
              loops,
              new RecordedPool(recorder, upstream.name()));
      pools.put(upstream, pool);
      if (!snapshot.upstreams().contains(upstream)) {
        // A request that began before the last change still goes there; nobody after it will.
        pool.retire();
      }
    }
    return pool;
  }

  /** Stores know nothing of telemetry: here the two meet. */
  private StoreObserver storeObserver(String store) {
    StoreMetrics metrics = recorder.store(store);
    return new StoreObserver() {
      @Override
      public void answered(long nanos) {
        metrics.answered(nanos);
      }

      @Override
      public void failed(long nanos) {
        metrics.failed(nanos);
      }

      @Override
      public void skipped() {
        metrics.skipped();
      }

      @Override
      public void away() {
        metrics.away();
      }

      @Override
      public void back() {
        metrics.back();
      }
    };
  }

  @Override
  public Mirrors mirrors() {
    return mirrors;
  }

  @Override
  public String date() {
    return date.at(clock.millis());
  }

  // What the gateway asks for, from any thread.

  /**
   * Serves new requests with another snapshot, and lets go of connections to upstreams that it does
   * not have.
   */
  CompletableFuture<Void> apply(Snapshot next) {
    return CompletableFuture.runAsync(
        () -> {
          snapshot = next;
          begin(next);
          policies.retain(next.factories());
          stores.retain(next.stores());
          pools
              .entrySet()
              .removeIf(entry -> {
                UpstreamPool pool = entry.getValue();
                if (!next.upstreams().contains(entry.getKey())) {
                  pool.retire();
                }
                return pool.retired();
              });
        },
        eventLoop);
  }

  /** Asks the endpoints of a snapshot whether they are well; one loop does it for all. */
  CompletableFuture<Void> probe(Snapshot next) {
    return CompletableFuture.runAsync(() -> probing.retain(next.upstreams()), eventLoop);
  }

  /** Policies with names begin at once, so that they have their facts when requests come. */
  private void begin(Snapshot next) {
    next.policies().values().forEach(policy -> policies.of(policy.factory()));
  }

  /**
   * Listens.
   *
   * @param address with the port to use on all loops, or 0 on the first to let the system choose
   *     one
   * @return the address that it really is
   */
  CompletableFuture<InetSocketAddress> listen(ListenerHandle handle, InetSocketAddress address) {
    return CompletableFuture.supplyAsync(
            () -> {
              ListenerLoop listener =
                  new ListenerLoop(handle, this, io, recorder.listener(handle.name()));
              listeners.put(handle, listener);
              return listener.bind(
                  transport.servers(), transport.reusePort(), transport.quickAck(), address);
            },
            eventLoop)
        .thenCompose(bound -> bound);
  }

  /** Stops listening, and closes the listener's connections in an orderly way. */
  CompletableFuture<Void> stop(ListenerHandle listener) {
    return CompletableFuture.supplyAsync(
            () -> {
              ListenerLoop gone = listeners.remove(listener);
              return gone == null ? CompletableFuture.<Void>completedFuture(null) : gone.drain();
            },
            eventLoop)
        .thenCompose(drained -> drained);
  }

  /** Closes everything at once; done when it is closed, or as good as. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    CompletableFuture.runAsync(
            () -> {
              listeners.values().forEach(ListenerLoop::close);
              listeners.clear();
              pools.values().forEach(UpstreamPool::retire);
              pools.clear();
              policies.retain(Set.of());
              stores.close();
              probing.retain(Set.of());
              calloutClient.close();
              names.close();
              recorder.close();
            },
            eventLoop)
        .whenComplete((_, _) -> completeWhenClosed(closed, SOCKETS_PATIENCE));
    return closed;
  }

  /**
   * Some transports close a socket a moment later, and complain if their loop has ended by then.
   */
  private void completeWhenClosed(CompletableFuture<Void> closed, int rounds) {
    if (rounds == 0 || ((SingleThreadEventLoop) eventLoop).registeredChannels() == 0) {
      closed.complete(null);
    } else {
      eventLoop.schedule(() -> completeWhenClosed(closed, rounds - 1), 1, TimeUnit.MILLISECONDS);
    }
  }
}
