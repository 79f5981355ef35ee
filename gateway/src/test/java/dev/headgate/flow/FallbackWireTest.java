package dev.headgate.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.UnreachablePort;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class FallbackWireTest {
  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(String url, String otherUrl, String fallback) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o:
            endpoints: ["%s"]
            timeouts: { response: 200ms }
            retry: { attempts: 2, on: [connect_failure, 502] }
            circuitBreaker: { minRequests: 4, open: 100s }
          other: { endpoints: ["%s"] }
        routes:
          all: { match: { path: /** }, auth: public, to: o, fallback: %s }
          keep: { match: { path: /keep }, auth: public, to: other }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(url, otherUrl, fallback));
  }

  private static final String FIXED =
      "{ respond: { status: 200, body: \"[]\", headers: { x-from: gateway } }, on: [open, timeout, 500,"
          + " connect_failure] }";

  private static RawResponse send(RawClient client, String method, String more) throws Exception {
    client.send(method + " /x HTTP/1.1\r\nHost: a\r\n" + more);
    return client.readResponse();
  }

  private static RawResponse get(RawClient client) throws Exception {
    return send(client, "GET", "\r\n");
  }

  private static ScriptedOrigin answering(int status, String text) {
    return ScriptedOrigin.start(exchange -> {
      exchange.readBody();
      exchange.respond(status, text);
    });
  }

  private static String counted(String after) {
    return "headgate_fallbacks_total{after=\"" + after + "\",route=\"all\"}";
  }

  @Test
  void anotherUpstreamAnswersWhereThereIsNoConnection() throws Exception {
    try (var other = answering(200, "other");
        var port = UnreachablePort.refusing();
        var gateway = gateway("http://127.0.0.1:" + port.port(), other.url(), "{ to: other }");
        RawClient client = gateway.connect()) {
      assertThat(get(client).text()).isEqualTo("other");
      assertThat(other.lastRequest().header("x-attempt-count")).isNull();
      assertThat(send(client, "POST", "Content-Length: 5\r\n\r\nhello").text()).isEqualTo("other");
      assertThat(new String(other.lastRequest().body(), UTF_8)).isEqualTo("hello");
      gateway.awaitMetric(counted("connect_failure"), 2);
      gateway.awaitMetric("headgate_upstream_duration_seconds_count{upstream=\"other\"}", 2);
      gateway.awaitMetric("headgate_upstream_duration_seconds_count{upstream=\"o\"}", 2);
    }
  }

  @Test
  void anotherUpstreamAnswersAfterAStatusWhenRetriesAreUsedUp() throws Exception {
    try (var bad = answering(502, "bad");
        var other = answering(200, "other");
        var gateway = gateway(bad.url(), other.url(), "{ to: other, on: [502] }");
        RawClient client = gateway.connect()) {
      assertThat(get(client).text()).isEqualTo("other");
      assertThat(bad.requests()).hasSize(2);
      gateway.awaitMetric(counted("502"), 1);
      gateway.awaitMetric("headgate_upstream_retries_total{reason=\"502\",upstream=\"o\"}", 1);
    }
  }

  @Test
  void whatMayHaveChangedSomethingGoesNowhereElse() throws Exception {
    try (var bad = answering(503, "bad");
        var other = answering(200, "other");
        var gateway = gateway(bad.url(), other.url(), "{ to: other, on: [503] }");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "POST", "Content-Length: 0\r\n\r\n").text()).isEqualTo("bad");
      assertThat(send(client, "PUT", "Content-Length: 2\r\n\r\nhi").text()).isEqualTo("bad");
      assertThat(send(client, "PUT", "Content-Length: 0\r\n\r\n").text()).isEqualTo("other");
      assertThat(other.requests()).hasSize(1);
    }
  }

  @Test
  void anyMethodGoesElsewhereWhereThatIsSaid() throws Exception {
    try (var bad = answering(503, "bad");
        var other = answering(200, "other");
        var gateway = gateway(bad.url(), other.url(), "{ to: other, on: [503], methods: any }");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "POST", "Content-Length: 0\r\n\r\n").text()).isEqualTo("other");
    }
  }

  @Test
  void aFixedAnswerStandsInAlsoForWhatHasABody() throws Exception {
    try (var bad = answering(500, "bad");
        var other = answering(200, "other");
        var gateway = gateway(bad.url(), other.url(), FIXED);
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 4; i++) {
        RawResponse answer = send(client, "POST", "Content-Length: 5\r\n\r\nhello");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("[]");
        assertThat(answer.header("x-from")).isEqualTo("gateway");
      }
      gateway.awaitMetric(counted("500"), 4);
      assertThat(get(client).text()).isEqualTo("[]");
      gateway.awaitMetric(counted("open"), 1);
      assertThat(bad.requests()).hasSize(4);
      gateway.awaitMetric("headgate_upstream_duration_seconds_count{upstream=\"o\"}", 5);
    }
  }

  @Test
  void aFixedAnswerStandsInForOneThatDoesNotCome() throws Exception {
    Gate gate = new Gate();
    try (var hanging =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.close();
            });
        var other = answering(200, "other");
        var gateway = gateway(hanging.url(), other.url(), FIXED);
        RawClient client = gateway.connect()) {
      assertThat(get(client).text()).isEqualTo("[]");
      gateway.awaitMetric(counted("timeout"), 1);
      gate.open();
    }
  }

  @Test
  void whatIsNotNamedIsPassedOnAndSoIsTheFailureOfTheSecond() throws Exception {
    try (var bad = answering(500, "bad");
        var port = UnreachablePort.refusing();
        var gateway =
            gateway(
                bad.url(), "http://127.0.0.1:" + port.port(), "{ to: other, on: [503, open] }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 4; i++) {
        assertThat(get(client).text()).isEqualTo("bad");
      }
      RawResponse answer = get(client);
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.text()).contains("upstream.connect_failed");
      gateway.awaitMetric(counted("open"), 1);
    }
  }

  @Test
  void nothingStandsInOnceAByteOfTheAnswerHasGone() throws Exception {
    try (var broken =
            ScriptedOrigin.start(exchange -> {
              exchange.startChunked(200);
              exchange.chunk("half");
              exchange.close();
            });
        var other = answering(200, "other");
        var gateway =
            gateway(broken.url(), other.url(), "{ to: other, on: [reset, timeout, open] }");
        RawClient client = gateway.connect()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readUntilClosed()).contains("half").doesNotContain("other");
      assertThat(other.requests()).isEmpty();
    }
  }

  /** One of two attempts is answered badly: the other one is waited for, and nothing stands in. */
  @Test
  void aSecondAttemptUnderWayComesFirst() throws Exception {
    Gate bad = new Gate();
    Gate good = new Gate();
    ScriptedOrigin.Script script =
        exchange -> {
          if (exchange.request().header("x-attempt-count") == null) {
            bad.await();
            exchange.respond(503, "bad");
          } else {
            good.await();
            exchange.respond(200, "second");
          }
        };
    try (var one = ScriptedOrigin.start(script);
        var two = ScriptedOrigin.start(script);
        var other = answering(200, "other");
        var gateway = hedged(one, two, other);
        RawClient client = gateway.connect()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      one.awaitRequest(1);
      two.awaitRequest(1);
      bad.open();
      assertThat(new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)).isFalse();
      good.open();
      assertThat(client.readResponse().text()).isEqualTo("second");
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void whatStandsInIsAskedOnceAfterBothAttempts() throws Exception {
    Gate gate = new Gate();
    ScriptedOrigin.Script script =
        exchange -> {
          gate.await();
          exchange.respond(503, "bad");
        };
    try (var one = ScriptedOrigin.start(script);
        var two = ScriptedOrigin.start(script);
        var other = answering(200, "other");
        var gateway = hedged(one, two, other);
        RawClient client = gateway.connect()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      one.awaitRequest(1);
      two.awaitRequest(1);
      gate.open();
      assertThat(client.readResponse().text()).isEqualTo("other");
      assertThat(other.requests()).hasSize(1);
      assertThat(other.lastRequest().header("x-attempt-count")).isNull();
      gateway.awaitMetric(counted("503"), 1);
    }
  }

  private GatewayUnderTest hedged(ScriptedOrigin one, ScriptedOrigin two, ScriptedOrigin other) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o: { endpoints: ["%s", "%s"], timeouts: { response: 20s }, hedge: 50ms, retry: { minPerSecond: 100 } }
          other: { endpoints: ["%s"] }
        routes:
          all: { match: { path: /** }, auth: public, to: o, fallback: { to: other, on: [503] } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(one.url(), two.url(), other.url()));
  }

  /** The mirror gets the request once, however often it is sent. */
  @Test
  void aMirrorGetsOneCopy() throws Exception {
    try (var bad = answering(503, "bad");
        var other = answering(200, "other");
        var mirror = answering(200, "seen");
        var gateway =
            gateways.start(
                """
                listeners: { plain: { address: "127.0.0.1:0" } }
                upstreams:
                  o: { endpoints: ["%s"] }
                  other: { endpoints: ["%s"] }
                  next: { endpoints: ["%s"] }
                routes:
                  all:
                    { match: { path: /** }, auth: public, to: o, fallback: { to: other, on: [503] }, mirror: next }
                telemetry: { accessLog: { to: "off" } }
                """
                    .formatted(bad.url(), other.url(), mirror.url()));
        RawClient client = gateway.connect()) {
      for (int i = 1; i <= 3; i++) {
        assertThat(get(client).text()).isEqualTo("other");
        mirror.awaitRequest(i);
      }
      assertThat(mirror.requests()).hasSize(3);
      assertThat(bad.requests()).hasSize(3);
    }
  }
}
