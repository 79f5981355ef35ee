package dev.headgate.expression;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Offload;
import dev.headgate.exchange.Stores;
import dev.headgate.http.Headers;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a decision by an expression costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ExpressionBench {
  @Param({
    "request.method == 'GET'",
    "'read' in identity.scopes || 'partners' in identity.groups",
    "request.path.startsWith('/orders/') && inNetwork(client.address, '10.0.0.0/8')",
  })
  String source;

  private Expression expression;
  private Exchange exchange;

  @Setup
  public void compile() throws Expression.Malformed {
    expression = Expression.condition(source);
    ClientInfo client =
        new ClientInfo(
            "public", InetAddress.ofLiteral("10.1.2.3"), "10.1.2.3", 40_000, true, null, null);
    exchange =
        new Exchange(
            client,
            "HTTP/1.1",
            new Exchange.Head("GET", "a", "a", "/orders/7", false),
            new Headers(),
            new Headers(),
            1);
    exchange.path("/orders/7", null);
    Consumer acme = new Consumer(List.of(), List.of("partners"), Map.of());
    exchange.identity(
        new Identity(
            "keys", "acme-1", new Identity.KnownConsumer("acme", acme), List.of(), Map.of()));
  }

  @Benchmark
  public boolean decide() throws Expression.Undecided {
    return expression.test(exchange, NO_LOOP);
  }

  /** None of the expressions asks for anything but the request. */
  private static final Loop NO_LOOP =
      new Loop() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          throw new UnsupportedOperationException();
        }

        @Override
        public void arm(Deadline deadline, long delayNanos) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void cancel(Deadline deadline) {
          throw new UnsupportedOperationException();
        }

        @Override
        public Callouts callouts() {
          throw new UnsupportedOperationException();
        }

        @Override
        public Stores stores() {
          return Stores.NONE;
        }

        @Override
        public Offload offload() {
          throw new UnsupportedOperationException();
        }

        @Override
        public boolean inLoop() {
          return true;
        }

        @Override
        public void execute(Runnable task) {
          throw new UnsupportedOperationException();
        }
      };
}
