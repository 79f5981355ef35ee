package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problems;
import dev.headgate.config.RuntimeConfig;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Failure;
import dev.headgate.http.Headers;
import dev.headgate.overload.NodeLoad;
import dev.headgate.policy.Policies;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.Compiler;
import dev.headgate.snapshot.Outside;
import dev.headgate.snapshot.SharedStates;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.store.StoreNews;
import dev.headgate.telemetry.NodeFacts;
import dev.headgate.telemetry.Telemetry;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.upstream.Tried;
import dev.headgate.upstream.UpstreamListener;
import dev.headgate.upstream.UpstreamRequest;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerTest {
  private static final String WITHOUT =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      routes: { all: { match: { path: /** }, auth: public, respond: { status: 200 } } }
      telemetry: { accessLog: { to: "off" } }
      """;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ScriptedOrigin origin = ScriptedOrigin.start(e -> e.respond(200, "ok"));
  private final Snapshot with =
      snapshot(
          """
          listeners: { plain: { address: "127.0.0.1:0" } }
          upstreams: { o: { endpoints: ["%s"] } }
          routes: { all: { match: { path: /** }, auth: public, to: o } }
          telemetry: { accessLog: { to: "off" } }
          """
              .formatted(origin.url()));
  private final Snapshot without = snapshot(WITHOUT);
  private final Telemetry telemetry =
      new Telemetry(with.config().telemetry(), Clock.systemUTC(), new NoFacts());
  private final EventLoop eventLoop = (EventLoop) group.next();
  private @Nullable Worker worker;

  @BeforeEach
  void start() {
    worker =
        CompletableFuture.supplyAsync(
                () ->
                    new Worker(
                        eventLoop,
                        0,
                        new Worker.Node(
                            Transport.of(RuntimeConfig.Transport.NIO),
                            Clock.systemUTC(),
                            1,
                            telemetry::loopRecorder,
                            new OffloadThreads(1),
                            new StoreNews(Clock.systemUTC()),
                            new NodeLoad(1),
                            new NodeMemory(System.nanoTime())),
                        with),
                eventLoop)
            .join();
  }

  @AfterEach
  void end() {
    worker().close().join();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    telemetry.close();
    origin.close();
  }

  @Test
  void keepsTheConnectionsOfAnUpstreamThatStays() throws Exception {
    get().join();
    worker().apply(with).join();
    get().join();
    assertThat(origin.connectionCount()).isEqualTo(1);
  }

  @Test
  void closesTheConnectionsOfAnUpstreamThatIsGone() throws Exception {
    get().join();
    worker().apply(without).join();
    origin.awaitOpenConnections(0);
  }

  @Test
  void keepsNoConnectionForARequestThatStillGoesToAnUpstreamThatIsGone() throws Exception {
    worker().apply(without).join();
    get().join();
    origin.awaitOpenConnections(0);
    assertThat(origin.connectionCount()).isEqualTo(1);
  }

  @Test
  void keepsConnectionsAgainOnceTheUpstreamIsBack() throws Exception {
    worker().apply(without).join();
    get().join();
    origin.awaitOpenConnections(0);
    worker().apply(with).join();
    get().join();
    get().join();
    assertThat(origin.connectionCount()).isEqualTo(2);
  }

  private Worker worker() {
    return Objects.requireNonNull(worker);
  }

  /** A request to the upstream, whether the worker still knows it or not. */
  private CompletableFuture<Integer> get() {
    Action.NamedUpstream upstream = with.upstreams().iterator().next();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    eventLoop.execute(() -> worker().pool(upstream).open(new Get(status), new Tried()));
    return status;
  }

  private static Snapshot snapshot(String yaml) {
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of())).read("headgate.yaml", yaml);
    assertThat(reading.problems().report()).isEmpty();
    Problems problems = new Problems(((Reading.Accepted) reading).sources());
    Outside outside =
        new Outside((_, _) -> null, Path.of(""), new SharedStates(), Clock.systemUTC());
    return Objects.requireNonNull(
        Compiler.compile(((Reading.Accepted) reading).config(), 1, null, outside, problems));
  }

  /** Done when the answer is, and so is the connection's return to the pool. */
  private final class Get implements UpstreamListener {
    private final CompletableFuture<Integer> done;
    private int status;

    Get(CompletableFuture<Integer> done) {
      this.done = done;
    }

    @Override
    public void connected(UpstreamStream stream) {
      stream.head(new UpstreamRequest("GET", "http", "o", "/", new Headers(), false), true);
      stream.flush();
    }

    @Override
    public void informational(int code, Headers headers) {}

    @Override
    public void responseHead(int code, Headers headers, boolean end) {
      status = code;
    }

    @Override
    public void tunnelled(Headers headers) {}

    @Override
    public void responseData(ByteBuf data) {
      data.release();
    }

    @Override
    public void responseEnd(@Nullable Headers trailers) {
      eventLoop.execute(() -> done.complete(status));
    }

    @Override
    public void upstreamReadComplete() {}

    @Override
    public void upstreamWritable(boolean writable) {}

    @Override
    public void failed(Failure failure) {
      done.completeExceptionally(new AssertionError(failure));
    }
  }

  private static final class NoFacts implements NodeFacts {
    @Override
    public String version() {
      return "test";
    }

    @Override
    public long revision() {
      return 1;
    }

    @Override
    public List<UpstreamFacts> upstreams() {
      return List.of();
    }

    @Override
    public List<Certificate> certificates() {
      return List.of();
    }
  }
}
