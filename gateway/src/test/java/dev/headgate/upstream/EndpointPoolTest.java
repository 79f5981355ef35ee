package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Failure;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.health.Ejection;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointPoolTest {
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private final ManualLoop loop = new ManualLoop();
  private final Counts counts = new Counts();
  private int asked;

  private EndpointPool pool(int connections, int waiting, boolean multiplexes) {
    return new EndpointPool(
        loop,
        _ -> asked++,
        new EndpointAddress("o:80", "o", 80, "o", false),
        new PoolLimits(connections, waiting, multiplexes, CONNECT.toNanos(), 1, 1),
        counts,
        null);
  }

  @Test
  void usesTheConnectionAgainThatWasUsedLast() {
    EndpointPool pool = pool(2, 10, false);
    Caller a = new Caller(pool);
    Caller b = new Caller(pool);
    FakeConnection first = connect(pool, 1);
    FakeConnection second = connect(pool, 1);
    first.finish(a);
    second.finish(b);

    assertThat(new Caller(pool).connection).isSameAs(second);
    assertThat(new Caller(pool).connection).isSameAs(first);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void takesNoFurtherRequestsToAnAddressThatTheNameHasLeft() {
    EndpointPool pool = pool(3, 10, false);
    Caller a = new Caller(pool);
    Caller b = new Caller(pool);
    FakeConnection unused = connect(pool, 1);
    FakeConnection inUse = connect(pool, 1);
    unused.finish(a);
    InetAddress moved = InetAddress.ofLiteral("192.0.2.2");
    pool.moved(Set.of(moved));
    assertThat(unused.alive).isFalse();
    assertThat(inUse.alive).isTrue();

    Caller c = new Caller(pool);
    inUse.finish(b);
    assertThat(inUse.alive).isFalse();
    assertThat(c.connection).isNull();
    FakeConnection there = new FakeConnection(pool, 1);
    there.address = moved;
    pool.connected(there);
    assertThat(c.connection).isSameAs(there);
    there.finish(c);
    assertThat(new Caller(pool).connection).isSameAs(there);
  }

  @Test
  void servesTheRequestThatHasWaitedLongest() {
    EndpointPool pool = pool(1, 10, false);
    Caller a = new Caller(pool);
    Caller b = new Caller(pool);
    Caller c = new Caller(pool);
    FakeConnection only = connect(pool, 1);
    assertThat(a.connection).isSameAs(only);
    only.finish(a);
    assertThat(b.connection).isSameAs(only);
    assertThat(c.connection).isNull();
    only.finish(b);
    assertThat(c.connection).isSameAs(only);
  }

  @Test
  void passesOverAConnectionThatDiedUnnoticed() {
    EndpointPool pool = pool(2, 10, false);
    Caller a = new Caller(pool);
    FakeConnection dead = connect(pool, 1);
    dead.finish(a);
    dead.alive = false;

    Caller b = new Caller(pool);
    assertThat(b.connection).isNull();
    FakeConnection fresh = connect(pool, 1);
    assertThat(b.connection).isSameAs(fresh);
  }

  /** It was found free, and then not free: the request that was to have it was heard of no more. */
  @Test
  void leavesARequestWaitingIfTheConnectionThatWasMadeForItIsDeadAlready() {
    EndpointPool pool = pool(2, 10, false);
    Caller a = new Caller(pool);
    FakeConnection dead = new FakeConnection(pool, 1);
    dead.alive = false;
    pool.connected(dead);
    assertThat(a.connection).isNull();
    assertThat(asked).isEqualTo(2);

    FakeConnection fresh = connect(pool, 1);
    assertThat(a.connection).isSameAs(fresh);
  }

  @Test
  void failsARequestForWhichThereIsNoConnectionInTime() {
    EndpointPool pool = pool(1, 10, false);
    Caller a = new Caller(pool);
    loop.advance(CONNECT.plusSeconds(1));
    assertThat(Objects.requireNonNull(a.failure).reason()).isEqualTo("upstream.connect_timeout");
    // The connection comes after all, and is kept for others.
    FakeConnection late = connect(pool, 1);
    assertThat(new Caller(pool).connection).isSameAs(late);
  }

  @Test
  void refusesARequestWhereTooManyWaitAlready() {
    EndpointPool pool = pool(1, 1, false);
    Caller a = new Caller(pool);
    connect(pool, 1);
    assertThat(a.connection).isNotNull();
    Caller waits = new Caller(pool);
    Caller tooMany = new Caller(pool);
    assertThat(waits.failure).isNull();
    assertThat(Objects.requireNonNull(tooMany.failure).reason()).isEqualTo("upstream.busy");
  }

  @Test
  void closesConnectionsAsTheyBecomeUnusedOnceRetired() {
    EndpointPool pool = pool(3, 10, false);
    Caller a = new Caller(pool);
    Caller b = new Caller(pool);
    FakeConnection inUse = connect(pool, 1);
    FakeConnection unused = connect(pool, 1);
    unused.finish(b);

    pool.retire();
    assertThat(unused.alive).isFalse();
    assertThat(inUse.alive).isTrue();
    inUse.finish(a);
    assertThat(inUse.alive).isFalse();

    Caller late = new Caller(pool);
    FakeConnection made = connect(pool, 1);
    assertThat(late.connection).isSameAs(made);
    made.finish(late);
    assertThat(made.alive).isFalse();
    assertThat(counts.open).isZero();
  }

  @Test
  void closesASharedConnectionThatIsReadyOnlyAfterThePoolIsRetired() {
    EndpointPool pool = pool(3, 10, true);
    Caller a = new Caller(pool);
    pool.retire();
    FakeConnection late = connect(pool, 8);
    assertThat(a.connection).isSameAs(late);
    assertThat(late.alive).isTrue();
    late.finish(a);
    assertThat(late.alive).isFalse();
  }

  /**
   * Whatever happens in whatever order, a request that is not given up hears exactly once, and in
   * the end nothing is counted that is not there.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void tellsEveryRequestOnceHowItWent(long seed) {
    for (int round = 0; round < 200; round++) {
      Random random = new Random(seed * 1000 + round);
      asked = 0;
      EndpointPool pool = pool(1 + random.nextInt(4), 1 + random.nextInt(6), random.nextBoolean());
      new Story(random, pool).run();
    }
  }

  private FakeConnection connect(EndpointPool pool, int streams) {
    FakeConnection connection = new FakeConnection(pool, streams);
    pool.connected(connection);
    return connection;
  }

  /** A random course of events. */
  private final class Story {
    private final Random random;
    private final EndpointPool pool;
    private final List<Caller> callers = new ArrayList<>();
    private final List<FakeConnection> connections = new ArrayList<>();
    private int answeredConnects;

    Story(Random random, EndpointPool pool) {
      this.random = random;
      this.pool = pool;
    }

    void run() {
      for (int step = 0; step < 100; step++) {
        switch (random.nextInt(9)) {
          case 0, 1, 2 -> callers.add(new Caller(pool));
          case 3 -> connectIfAsked();
          case 4, 5 -> finishOne();
          case 6 -> dieUnnoticed();
          case 7 -> notice();
          default -> giveUpOne();
        }
      }
      while (answeredConnects < asked || callers.stream().anyMatch(caller -> caller.serving)) {
        connectIfAsked();
        callers.forEach(Caller::finish);
        notice();
      }
      connections.forEach(connection -> connection.alive = false);
      notice();
      loop.advance(CONNECT.plusSeconds(1));
      assertThat(callers).allSatisfy(caller -> assertThat(caller.heard).isEqualTo(1));
      assertThat(pool.active()).isZero();
      assertThat(counts.waiting).isZero();
    }

    private void connectIfAsked() {
      if (answeredConnects < asked) {
        answeredConnects++;
        if (random.nextInt(4) == 0) {
          pool.connectFailed(Failure.upstream(true, 502, "upstream.connect_failed", ""));
        } else {
          FakeConnection connection = new FakeConnection(pool, random.nextBoolean() ? 1 : 3);
          connection.alive = random.nextInt(6) > 0;
          connections.add(connection);
          pool.connected(connection);
        }
      }
    }

    private void finishOne() {
      callers.stream().filter(caller -> caller.serving).findAny().ifPresent(Caller::finish);
    }

    private void giveUpOne() {
      callers.stream().filter(caller -> caller.heard == 0).findFirst().ifPresent(Caller::giveUp);
    }

    private void dieUnnoticed() {
      if (!connections.isEmpty()) {
        connections.get(random.nextInt(connections.size())).alive = false;
      }
    }

    private void notice() {
      List<FakeConnection> dead = connections.stream().filter(c -> !c.alive).toList();
      connections.removeAll(dead);
      dead.forEach(FakeConnection::gone);
    }
  }

  private static final class FakeConnection implements PooledConnection {
    private InetAddress address = InetAddress.ofLiteral("192.0.2.1");
    private final EndpointPool pool;
    private final int streams;
    private final ArrayDeque<Caller> on = new ArrayDeque<>();
    private boolean retiring;
    private boolean told;
    private boolean alive = true;

    FakeConnection(EndpointPool pool, int streams) {
      this.pool = pool;
      this.streams = streams;
    }

    @Override
    public boolean multiplexes() {
      return streams > 1;
    }

    @Override
    public InetAddress address() {
      return address;
    }

    @Override
    public boolean canOpen() {
      return alive && !retiring && on.size() < streams;
    }

    @Override
    public UpstreamStream open(UpstreamListener listener) {
      Caller caller = (Caller) listener;
      on.add(caller);
      caller.connection = this;
      return new NoStream();
    }

    @Override
    public void closeWhenUnused() {
      retiring = true;
      if (on.isEmpty() && alive) {
        alive = false;
        gone();
      }
    }

    void finish(Caller caller) {
      on.remove(caller);
      caller.serving = false;
      if (alive) {
        pool.released(this);
      } else {
        // Its end takes the rest with it.
        on.add(caller);
        gone();
      }
    }

    void gone() {
      if (!told) {
        told = true;
        int abandoned = on.size();
        on.forEach(caller -> caller.serving = false);
        on.clear();
        if (multiplexes()) {
          for (int i = 0; i < abandoned; i++) {
            pool.released(this);
          }
        }
        pool.closed(this, multiplexes() ? 0 : abandoned);
      }
    }
  }

  private static final class Caller implements UpstreamListener {
    private @Nullable Attempt attempt;
    private @Nullable FakeConnection connection;
    private @Nullable Failure failure;
    private boolean serving;
    private int heard;

    Caller(EndpointPool pool) {
      attempt = pool.open(this);
    }

    @Override
    public void connected(UpstreamStream stream) {
      serving = true;
      heard++;
    }

    @Override
    public void failed(Failure reason) {
      failure = reason;
      heard++;
    }

    void finish() {
      if (serving) {
        Objects.requireNonNull(connection).finish(this);
      }
    }

    void giveUp() {
      Objects.requireNonNull(attempt).cancel();
      heard++;
    }

    @Override
    public void informational(int status, Headers headers) {
      throw new AssertionError();
    }

    @Override
    public void responseHead(int status, Headers headers, boolean end) {
      throw new AssertionError();
    }

    @Override
    public void tunnelled(Headers headers) {
      throw new AssertionError();
    }

    @Override
    public void responseData(ByteBuf data) {
      throw new AssertionError();
    }

    @Override
    public void responseEnd(@Nullable Headers trailers) {
      throw new AssertionError();
    }

    @Override
    public void upstreamReadComplete() {
      throw new AssertionError();
    }

    @Override
    public void upstreamWritable(boolean writable) {
      throw new AssertionError();
    }
  }

  private static final class NoStream implements UpstreamStream {
    @Override
    public String endpoint() {
      return "o:80";
    }

    @Override
    public void head(UpstreamRequest request, boolean end) {}

    @Override
    public void data(ByteBuf data) {
      data.release();
    }

    @Override
    public void end(@Nullable Headers trailers) {}

    @Override
    public void flush() {}

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void demand(boolean wanted) {}

    @Override
    public void cancel() {}
  }

  private static final class Counts implements PoolObserver {
    @Override
    public void retried(String reason) {}

    @Override
    public void bodyNotKept(String reason) {}

    @Override
    public void hedged(String outcome) {}

    private int open;
    private int waiting;

    @Override
    public void connectionOpened() {
      open++;
    }

    @Override
    public void connectionClosed() {
      open--;
    }

    @Override
    public void connectionFailed() {}

    @Override
    public void waitingStarted() {
      waiting++;
    }

    @Override
    public void waitingEnded() {
      waiting--;
    }

    @Override
    public void ejected(Ejection.Reason reason) {}
  }
}
