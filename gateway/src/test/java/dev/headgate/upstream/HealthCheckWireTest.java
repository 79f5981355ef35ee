package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.OriginExchange;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.UnreachablePort;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2ReceivedRequest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Endpoints that are asked whether they are well, without a request that would find out. */
@OnEveryTransport
class HealthCheckWireTest {
  @Parameter private Gateways gateways;

  private static String yaml(String health, String... urls) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams:
      o:
        endpoints: ["%s"]
        health: %s
    routes: { all: { match: { path: /** }, auth: public, to: o } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(String.join("\", \"", urls), health);
  }

  private static final String CHECK =
      "{ path: /health?full=1, interval: 100ms, timeout: 300ms, unhealthyAfter: 1, healthyAfter: 1 }";

  /** Answers requests with 200, and checks with what is set. */
  private static ScriptedOrigin origin(AtomicInteger health) {
    return ScriptedOrigin.start(exchange -> answer(exchange, health));
  }

  private static void answer(OriginExchange exchange, AtomicInteger health) throws Exception {
    boolean check = exchange.request().path().startsWith("/health");
    exchange.respond(check ? health.get() : 200, "in");
  }

  private static long requests(ScriptedOrigin origin) {
    return origin.requests().stream().filter(one -> one.path().equals("/x")).count();
  }

  private static void get(GatewayUnderTest gateway, int times) throws Exception {
    try (RawClient client = gateway.connect()) {
      for (int i = 0; i < times; i++) {
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readResponse().status()).isEqualTo(200);
      }
    }
  }

  private static void awaitStates(GatewayUnderTest gateway, int serving, int unhealthy) {
    gateway.awaitMetric(
        "headgate_upstream_endpoints{state=\"unhealthy\",upstream=\"o\"}", unhealthy);
    gateway.awaitMetric("headgate_upstream_endpoints{state=\"serving\",upstream=\"o\"}", serving);
  }

  private static void awaitProbes(GatewayUnderTest gateway, String outcome) {
    String series = "headgate_upstream_probes_total{outcome=\"" + outcome + "\",upstream=\"o\"}";
    double before = gateway.metric(series);
    while (gateway.metric(series) < before + 2) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anEndpointThatSaysItIsNotWellGetsNoRequestsUntilItIs() throws Exception {
    AtomicInteger health = new AtomicInteger(503);
    try (var first = origin(health);
        var second = origin(new AtomicInteger(200));
        var gateway = gateways.start(yaml(CHECK, first.url(), second.url()))) {
      awaitStates(gateway, 1, 1);
      get(gateway, 10);
      assertThat(requests(first)).isZero();

      health.set(204);
      awaitStates(gateway, 2, 0);
      get(gateway, 10);
      assertThat(requests(first)).isEqualTo(5);

      ReceivedRequest check = first.requests().getFirst();
      assertThat(check.requestLine()).isEqualTo("GET /health?full=1 HTTP/1.1");
      assertThat(check.header("host")).isEqualTo("127.0.0.1:" + first.port());
      assertThat(check.header("user-agent")).isEqualTo("headgate-health-check");
      assertThat(first.connectionCount()).as("one for checks, one for requests").isEqualTo(2);
    }
  }

  @Test
  void whatIsAskedForAndWhatIsAGoodAnswerCanBeSaid() throws Exception {
    String check =
        "{ path: /health, interval: 100ms, method: HEAD, host: orders.internal, status: [404, 500-502] }";
    try (var first = origin(new AtomicInteger(502));
        var second = origin(new AtomicInteger(200));
        var gateway = gateways.start(yaml(check, first.url(), second.url()))) {
      awaitStates(gateway, 1, 1);
      get(gateway, 4);
      assertThat(requests(first)).isEqualTo(4);
      // The two are not asked at the same moment: requests may come before the first question.
      ReceivedRequest asked =
          await().until(() -> question(first), Optional::isPresent).orElseThrow();
      assertThat(asked.method()).isEqualTo("HEAD");
      assertThat(asked.header("host")).isEqualTo("orders.internal");
    }
  }

  private static Optional<ReceivedRequest> question(ScriptedOrigin origin) {
    return origin.requests().stream().filter(one -> one.path().equals("/health")).findFirst();
  }

  @Test
  void anEndpointThatDoesNotAnswerIsUnhealthy() throws Exception {
    Gate gate = new Gate();
    try (var hangs =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "late");
            });
        var well = origin(new AtomicInteger(200));
        var gateway = gateways.start(yaml(CHECK, hangs.url(), well.url()))) {
      awaitStates(gateway, 1, 1);
      get(gateway, 4);
      gate.open();
    }
  }

  @Test
  void grpcServersAreAskedInTheirOwnWay() throws Exception {
    AtomicInteger serving = new AtomicInteger(2);
    Http2Origin.Script script =
        exchange -> {
          if ("/grpc.health.v1.Health/Check".equals(exchange.request().path())) {
            exchange.readBody();
            exchange.respondGrpc(0, new byte[] {8, (byte) serving.get()});
          } else {
            exchange.respond(200, "in");
          }
        };
    String check =
        "{ grpc: true, service: orders.v1, interval: 100ms, unhealthyAfter: 1, healthyAfter: 1 }";
    try (var origin = Http2Origin.start(script);
        var gateway =
            gateways.start(
                yaml(check, origin.url())
                    .replace("    health:", "    protocol: http2\n    health:"))) {
      awaitStates(gateway, 0, 1);
      serving.set(1);
      awaitStates(gateway, 1, 0);
      Http2ReceivedRequest asked = origin.requests().getFirst();
      assertThat(asked.header("content-type")).isEqualTo("application/grpc");
      assertThat(asked.header("te")).isEqualTo("trailers");
      origin.awaitBody(1, 16);
      get(gateway, 2);
    }
  }

  @Test
  void withoutAPathAConnectionIsEnough() throws Exception {
    String check = "{ interval: 100ms, timeout: 300ms, unhealthyAfter: 1, healthyAfter: 1 }";
    try (var port = UnreachablePort.refusing();
        var well = origin(new AtomicInteger(500));
        var gateway = gateways.start(yaml(check, "http://127.0.0.1:" + port.port(), well.url()))) {
      awaitStates(gateway, 1, 1);
      awaitProbes(gateway, "passed");
      get(gateway, 4);
      well.stopAccepting();
      awaitStates(gateway, 0, 2);
      well.startAccepting();
      awaitStates(gateway, 1, 1);
      assertThat(requests(well)).isEqualTo(4);
      assertThat(well.requests()).as("nothing is asked for").hasSize(4);
    }
  }

  @Test
  void nobodyIsRefusedBecauseAllAreUnhealthy() throws Exception {
    try (var first = origin(new AtomicInteger(500));
        var second = origin(new AtomicInteger(500));
        var gateway = gateways.start(yaml(CHECK, first.url(), second.url()))) {
      awaitStates(gateway, 0, 2);
      assertThat(gateway.metric("headgate_upstream_panic{upstream=\"o\"}")).isEqualTo(1);
      get(gateway, 10);
      assertThat(requests(first)).isEqualTo(5);
    }
  }

  @Test
  void asksWhomTheConfigurationNamesAndNobodyElse() throws Exception {
    try (var first = origin(new AtomicInteger(200));
        var second = origin(new AtomicInteger(200));
        var gateway = gateways.start(yaml(CHECK, first.url()))) {
      first.awaitRequest(2);
      gateway.apply(yaml(CHECK, second.url()));
      second.awaitRequest(2);
      first.awaitOpenConnections(0);
      int before = first.requests().size();
      second.awaitRequest(second.requests().size() + 3);
      assertThat(first.requests()).hasSize(before);

      gateway.apply(yaml(CHECK, second.url()).replace("    health: " + CHECK, ""));
      second.awaitOpenConnections(0);
    }
  }
}
