package dev.headgate.policy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Requests that fail on purpose. */
@OnEveryTransport
class FaultWireTest {
  @Parameter private Gateways gateways;

  private GatewayUnderTest inFrontOf(ScriptedOrigin origin, String mode) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"] } }
        policies:
          abort: { fault: { abort: { status: 504 } }, mode: %s }
          late: { fault: { delay: { time: 50ms } } }
          held: { fault: { delay: { time: 20s }, abort: { status: 503 } }, mode: report }
          broken: { fault: { truncate: { after: 10B } }, mode: %s }
        routes:
          abort: { match: { path: /abort }, auth: public, policies: [abort], to: o }
          testers:
            match: { path: /testers }
            auth: public
            policies: [{ use: abort, when: "'x-fault' in request.headers" }]
            to: o
          late: { match: { path: /late }, auth: public, policies: [late], to: o }
          held: { match: { path: /held }, auth: public, policies: [held], to: o }
          broken: { match: { path: /broken/** }, auth: public, policies: [broken], to: o }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(origin.url(), mode, mode));
  }

  private static ScriptedOrigin origin() {
    return ScriptedOrigin.start(exchange -> {
      String path = exchange.request().path();
      exchange.respond(200, path.endsWith("long") ? "0123456789abcdef" : "short");
    });
  }

  private static RawResponse get(RawClient client, String path, String fields) throws IOException {
    return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").readResponse();
  }

  @Test
  void anAbortedRequestNeverGetsToTheUpstream() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin, "enforce");
        var client = gateway.connect()) {
      RawResponse refused = get(client, "/abort", "");
      assertThat(refused.status()).isEqualTo(504);
      assertThat(refused.text()).contains("\"reason\":\"fault.abort\"", "\"stage\":\"forward\"");
      assertThat(get(client, "/testers", "").text()).isEqualTo("short");
      assertThat(get(client, "/testers", "X-Fault: 1\r\n").status()).isEqualTo(504);
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void inReportModeItIsOnlyCounted() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin, "report");
        var client = gateway.connect()) {
      assertThat(get(client, "/abort", "").text()).isEqualTo("short");
      assertThat(
              gateway.metric("headgate_would_deny_total{policy=\"abort\",reason=\"fault.abort\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void inReportModeNobodyIsHeldBackAndNothingBrokenOff() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin, "report");
        var client = gateway.connect()) {
      long begun = System.nanoTime();
      assertThat(get(client, "/held", "").text()).isEqualTo("short");
      assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
      assertThat(get(client, "/broken/long", "").text()).isEqualTo("0123456789abcdef");
      String metric = "headgate_would_deny_total{policy=\"%s\",reason=\"fault.%s\"}";
      assertThat(gateway.metric(metric.formatted("held", "delay"))).isEqualTo(1);
      assertThat(gateway.metric(metric.formatted("held", "abort"))).isEqualTo(1);
      assertThat(gateway.metric(metric.formatted("broken", "truncate"))).isEqualTo(1);
    }
  }

  @Test
  void aDelayedRequestIsAnsweredAllTheSame() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin, "enforce");
        var client = gateway.connect()) {
      assertThat(get(client, "/late", "").text()).isEqualTo("short");
    }
  }

  @Test
  void aTruncatedAnswerIsNeverTakenForAWholeOne() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin, "enforce")) {
      try (var client = gateway.connect()) {
        assertThat(get(client, "/broken/short", "").text()).isEqualTo("short");
      }
      try (var client = gateway.connect()) {
        client.send("GET /broken/long HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThatThrownBy(client::readResponse).isInstanceOf(IOException.class);
      }
      assertThat(
              gateway.metric(
                  "headgate_failures_total{reason=\"fault.truncate\",stage=\"respond\"}"))
          .isEqualTo(1);
    }
  }
}
