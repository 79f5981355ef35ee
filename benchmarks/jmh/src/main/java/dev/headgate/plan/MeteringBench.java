package dev.headgate.plan;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Offload;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stores;
import dev.headgate.http.Headers;
import dev.headgate.policy.Policies;
import java.net.InetAddress;
import java.util.ArrayList;
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

/**
 * What a product, a quota and the ledger cost a request on its loop: the subscription is looked at,
 * one is taken of the quota, the request is booked. Making the exchange is part of it, so its own
 * cost is measured, too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MeteringBench {
  @Param({"1", "10000"})
  int consumers;

  private final List<Identity> identities = new ArrayList<>();
  private final ClientInfo client =
      new ClientInfo(
          "public", InetAddress.ofLiteral("10.1.2.3"), "10.1.2.3", 40_000, true, null, null);
  private final Exchange.Head head = new Exchange.Head("GET", "a", "a", "/orders/7", false);
  private final Headers headers = new Headers();
  private Policy subscription;
  private Policy quota;
  private int next;

  @Setup
  public void prepare() {
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
            .read(
                "h.yaml",
                """
                listeners: { main: { address: "127.0.0.1:0" } }
                policies: { keys: { apiKey: {} } }
                routes: { all: { match: { path: "/**" }, auth: keys, respond: {} } }
                plans: { gold: { quota: { requests: 900000000000000/month, headers: false } } }
                products: { all: { routes: all } }
                consumers: { acme: { plan: gold, products: all } }
                """);
    Config config = ((Reading.Accepted) reading).config();
    Consumer acme = config.consumers().get("acme");
    for (int i = 0; i < consumers; i++) {
      identities.add(
          new Identity(
              "keys", "key", new Identity.KnownConsumer("acme-" + i, acme), List.of(), Map.of()));
    }
    Plans plans = Plans.of(config, new Meters());
    subscription = plans.subscription("all").create(LOOP);
    quota = plans.quota("all").create(LOOP);
  }

  private Exchange exchange() {
    Exchange exchange = new Exchange(client, "HTTP/1.1", head, headers, headers, 1);
    next = next + 1 < identities.size() ? next + 1 : 0;
    exchange.identity(identities.get(next));
    exchange.status(200);
    return exchange;
  }

  @Benchmark
  public Exchange exchangeAlone() {
    return exchange();
  }

  @Benchmark
  public Decision metered() {
    Exchange exchange = exchange();
    subscription.onRequest(exchange);
    Decision decision = quota.onRequest(exchange);
    quota.onResponse(exchange);
    quota.onEnd(exchange);
    return decision;
  }

  /** Only the time is asked for. */
  private static final Loop LOOP =
      new Loop() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
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
