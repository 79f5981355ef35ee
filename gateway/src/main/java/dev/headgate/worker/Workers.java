package dev.headgate.worker;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.RuntimeConfig;
import dev.headgate.exchange.Loop;
import dev.headgate.listen.ListenerHandle;
import dev.headgate.overload.NodeLoad;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.store.StoreNews;
import dev.headgate.telemetry.LoopRecorder;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * All loops of the process. What is asked of it here is done on each of them; safe to call from any
 * thread.
 */
@Shared
public final class Workers {
  private final Transport transport;
  private final MultiThreadIoEventLoopGroup group;
  private final OffloadThreads offload;
  private final NodeLoad load;
  private final List<Worker> workers = new ArrayList<>();

  /**
   * Starts the loops.
   *
   * @param recorders makes each loop's recorder
   * @throws IllegalStateException if the transport that was asked for does not work on this machine
   */
  public Workers(
      RuntimeConfig runtime,
      Clock clock,
      Function<Loop, LoopRecorder> recorders,
      Snapshot snapshot) {
    transport = Transport.of(runtime.transport());
    offload = new OffloadThreads(Runtime.getRuntime().availableProcessors());
    int loops =
        runtime.loops().count() > 0
            ? runtime.loops().count()
            : Runtime.getRuntime().availableProcessors();
    group =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("headgate-loop"), transport.handlers());
    load = new NodeLoad(loops);
    Worker.Node node =
        new Worker.Node(
            transport,
            clock,
            loops,
            recorders,
            offload,
            new StoreNews(clock),
            load,
            new NodeMemory(System.nanoTime()));
    List<CompletableFuture<Worker>> starting = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      EventLoop eventLoop = (EventLoop) group.next();
      int number = i;
      starting.add(
          CompletableFuture.supplyAsync(
              () -> new Worker(eventLoop, number, node, snapshot), eventLoop));
    }
    starting.forEach(worker -> workers.add(worker.join()));
    workers.getFirst().probe(snapshot).join();
  }

  /** The name of the transport in use. */
  public String transport() {
    return transport.name();
  }

  /** What share of the requests the loops turn away. */
  public NodeLoad load() {
    return load;
  }

  public int loops() {
    return workers.size();
  }

  /** Serves new requests with another snapshot; done when all loops do. */
  public void apply(Snapshot snapshot) {
    forAll(worker -> worker.apply(snapshot));
    workers.getFirst().probe(snapshot).join();
  }

  /**
   * Listens on all loops.
   *
   * @return the address, with the port that the system chose if none was asked for
   * @throws java.util.concurrent.CompletionException if a loop cannot; nothing listens then
   */
  public InetSocketAddress listen(ListenerHandle handle, InetSocketAddress address) {
    try {
      InetSocketAddress bound = workers.getFirst().listen(handle, address).join();
      for (Worker worker : workers.subList(1, workers.size())) {
        worker.listen(handle, bound).join();
      }
      return bound;
    } catch (RuntimeException e) {
      stop(handle);
      throw e;
    }
  }

  /** Stops listening; done when the listener's last connection has ended in an orderly way. */
  public CompletableFuture<Void> stop(ListenerHandle listener) {
    return CompletableFuture.allOf(
        workers.stream().map(worker -> worker.stop(listener)).toArray(CompletableFuture[]::new));
  }

  /** Closes what is still open, at once, and ends the loops. */
  public void close(Duration patience) {
    forAll(Worker::close);
    offload.close();
    group
        .shutdownGracefully(0, patience.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(patience.toMillis());
  }

  private void forAll(Function<Worker, CompletableFuture<Void>> act) {
    CompletableFuture.allOf(workers.stream().map(act).toArray(CompletableFuture[]::new)).join();
  }
}
