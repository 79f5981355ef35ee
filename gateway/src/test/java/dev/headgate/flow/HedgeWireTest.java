package dev.headgate.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Second attempts beside the first. */
@OnEveryTransport
class HedgeWireTest {
  private static final ScriptedOrigin.Script HANGS = exchange -> exchange.awaitClosed();
  private static final ScriptedOrigin.Script FAST = exchange -> exchange.respond(200, "in");

  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(ScriptedOrigin one, ScriptedOrigin two, String rules) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o: { endpoints: ["%s", "%s"], timeouts: { response: 20s }, %s }
        routes: { all: { match: { path: /** }, auth: public, to: o } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(one.url(), two.url(), rules));
  }

  /** What a slow origin does. */
  private static void pause(long millis) throws InterruptedException {
    assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
  }

  private static double hedges(GatewayUnderTest gateway, String outcome) {
    return gateway.metric(series(outcome));
  }

  private static String series(String outcome) {
    return "headgate_upstream_hedges_total{outcome=\"" + outcome + "\",upstream=\"o\"}";
  }

  private static List<ReceivedRequest> seconds(ScriptedOrigin... origins) {
    return Stream.of(origins)
        .flatMap(origin -> origin.requests().stream())
        .filter(request -> "2".equals(request.header("x-attempt-count")))
        .toList();
  }

  @Test
  void callersDoNotNoticeAnEndpointThatIsSlow() throws Exception {
    try (var slow = ScriptedOrigin.start(HANGS);
        var fast = ScriptedOrigin.start(FAST);
        var gateway = gateway(slow, fast, "hedge: 50ms, retry: { minPerSecond: 100 }");
        RawClient client = gateway.connect()) {
      List<Long> times = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        long begun = System.nanoTime();
        RawResponse answer = client.get("/x");
        times.add(System.nanoTime() - begun);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("in");
      }
      assertThat(Collections.max(times)).isLessThan(TimeUnit.SECONDS.toNanos(5));
      assertThat(slow.requests()).as("round robin").hasSize(10);
      assertThat(seconds(fast)).hasSize(10);
      assertThat(hedges(gateway, "won")).isEqualTo(10);
      slow.awaitOpenConnections(0);
    }
  }

  @Test
  void whereBothAreSlowTheFirstAnswerCounts() throws Exception {
    Gate gate = new Gate();
    ScriptedOrigin.Script slow =
        exchange -> {
          if (exchange.request().header("x-attempt-count") == null) {
            gate.await();
            exchange.respond(200, "first");
          } else {
            exchange.awaitClosed();
          }
        };
    try (var one = ScriptedOrigin.start(slow);
        var two = ScriptedOrigin.start(slow);
        var gateway = gateway(one, two, "hedge: 50ms");
        RawClient client = gateway.connect()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      one.awaitRequest(1);
      two.awaitRequest(1);
      gate.open();
      assertThat(client.readResponse().text()).isEqualTo("first");
      gateway.awaitMetric(series("lost"), 1);
    }
  }

  /** Whichever comes first, the client gets one whole answer, and each connection its own end. */
  @Test
  void bothMayAnswerAtTheSameTime() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    ScriptedOrigin.Script together =
        exchange -> {
          both.await(10, TimeUnit.SECONDS);
          exchange.respond(200, "x".repeat(1000));
        };
    try (var one = ScriptedOrigin.start(together);
        var two = ScriptedOrigin.start(together);
        var gateway = gateway(one, two, "hedge: 5ms, retry: { minPerSecond: 100 }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 20; i++) {
        RawResponse answer = client.get("/x");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("x".repeat(1000));
      }
      assertThat(hedges(gateway, "won") + hedges(gateway, "lost")).isEqualTo(20);
      gateway.awaitMetric("headgate_requests_in_flight", 0);
    }
  }

  @Test
  void aClientThatGoesAwayEndsBoth() throws Exception {
    try (var one = ScriptedOrigin.start(HANGS);
        var two = ScriptedOrigin.start(HANGS);
        var gateway = gateway(one, two, "hedge: 20ms")) {
      RawClient client = gateway.connect();
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      one.awaitRequest(1);
      two.awaitRequest(1);
      client.close();
      gateway.awaitMetric(series("given_up"), 1);
      one.awaitOpenConnections(0);
      two.awaitOpenConnections(0);
    }
  }

  @Test
  void onlyReadsWithoutABodyAreHedged() throws Exception {
    ScriptedOrigin.Script slow =
        exchange -> {
          pause(150);
          exchange.respond(200, "in");
        };
    try (var one = ScriptedOrigin.start(slow);
        var two = ScriptedOrigin.start(slow);
        var gateway = gateway(one, two, "hedge: 20ms");
        RawClient client = gateway.connect()) {
      for (String method : new String[] {"POST", "PUT", "DELETE"}) {
        client.send(method + " /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.readResponse().status()).isEqualTo(200);
      }
      client.send("GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(one.requests().size() + two.requests().size()).isEqualTo(4);
    }
  }

  @Test
  void eachMayFailWithoutTheOther() throws Exception {
    Map<String, Gate> gates = Map.of("/broken", new Gate(), "/refused", new Gate());
    ScriptedOrigin.Script firstFails =
        exchange -> {
          Gate second = Objects.requireNonNull(gates.get(exchange.request().target()));
          if (exchange.request().header("x-attempt-count") == null) {
            second.await();
            if (exchange.request().target().equals("/broken")) {
              exchange.close();
            } else {
              exchange.respond(503, "not now");
            }
          } else {
            second.open();
            pause(300);
            exchange.respond(200, "second");
          }
        };
    try (var one = ScriptedOrigin.start(firstFails);
        var two = ScriptedOrigin.start(firstFails);
        var gateway = gateway(one, two, "hedge: 20ms, retry: { on: [reset, 503] }");
        RawClient client = gateway.connect()) {
      assertThat(client.get("/broken").text()).isEqualTo("second");
      assertThat(client.get("/refused").text()).isEqualTo("second");
      gateway.awaitMetric(series("won"), 2);
    }
  }

  @Test
  void aSecondAttemptThatFailsChangesNothing() throws Exception {
    Gate failed = new Gate();
    ScriptedOrigin.Script secondFails =
        exchange -> {
          if (exchange.request().header("x-attempt-count") == null) {
            failed.await();
            pause(100);
            exchange.respond(200, "first");
          } else if (exchange.request().target().equals("/broken")) {
            exchange.close();
            failed.open();
          } else {
            exchange.respond(503, "not now");
          }
        };
    try (var one = ScriptedOrigin.start(secondFails);
        var two = ScriptedOrigin.start(secondFails);
        var gateway = gateway(one, two, "hedge: 20ms, retry: { on: [503] }");
        RawClient client = gateway.connect()) {
      assertThat(client.get("/broken").text()).isEqualTo("first");
      assertThat(client.get("/refused").text()).isEqualTo("first");
      gateway.awaitMetric(series("failed"), 2);
    }
  }

  @Test
  void ifBothFailTheRequestDoes() throws Exception {
    ScriptedOrigin.Script fails =
        exchange -> {
          pause(200);
          exchange.close();
        };
    try (var one = ScriptedOrigin.start(fails);
        var two = ScriptedOrigin.start(fails);
        var gateway = gateway(one, two, "hedge: 20ms, retry: { attempts: 2, on: [reset] }");
        RawClient client = gateway.connect()) {
      assertThat(client.get("/x").text()).contains("upstream.reset");
      assertThat(one.requests().size() + two.requests().size()).isEqualTo(2);
    }
  }

  @Test
  void theBudgetBoundsThem() throws Exception {
    ScriptedOrigin.Script slow =
        exchange -> {
          pause(60);
          exchange.respond(200, "in");
        };
    try (var one = ScriptedOrigin.start(slow);
        var two = ScriptedOrigin.start(slow);
        var gateway = gateway(one, two, "hedge: 10ms, retry: { minPerSecond: 0, budget: 20% }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/x").status()).isEqualTo(200);
      }
      assertThat(seconds(one, two).size()).isBetween(1, 4);
      assertThat(hedges(gateway, "no_budget")).isGreaterThanOrEqualTo(16);
    }
  }

  @Test
  void whatIsLateIsLearntFromTheAnswers() throws Exception {
    ScriptedOrigin.Script slowAtFirst =
        exchange -> {
          boolean first = exchange.request().header("x-attempt-count") == null;
          if (exchange.request().target().equals("/slow") && first) {
            exchange.awaitClosed();
          } else {
            exchange.respond(
                200, Objects.requireNonNullElse(exchange.request().header("x-attempt-count"), "1"));
          }
        };
    try (var one = ScriptedOrigin.start(slowAtFirst);
        var two = ScriptedOrigin.start(slowAtFirst);
        var gateway = gateway(one, two, "hedge: { after: p95 }, retry: { minPerSecond: 100 }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 160; i++) {
        assertThat(client.get("/x").status()).isEqualTo(200);
      }
      client.wire().timeout(Duration.ofSeconds(10));
      assertThat(client.get("/slow").text()).isEqualTo("2");
    }
  }
}
