package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class CircuitBreakerWireTest {
  private static final String REFUSED =
      "headgate_failures_total{reason=\"upstream.open\",stage=\"forward\"}";

  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(String rules, String url) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o: { endpoints: ["%s"], circuitBreaker: %s, timeouts: { response: 200ms } }
        routes: { all: { match: { path: /** }, auth: public, to: o } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(url, rules));
  }

  private static RawResponse get(RawClient client) throws Exception {
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.readResponse();
  }

  @Test
  void anUpstreamThatFailsIsNotAskedAndItsCallersAreToldWhenToComeBack() throws Exception {
    try (var bad = ScriptedOrigin.start(exchange -> exchange.respond(500, "out"));
        var gateway = gateway("{ minRequests: 4, open: 100s }", bad.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 4; i++) {
        assertThat(get(client).text()).isEqualTo("out");
      }
      for (int i = 0; i < 10; i++) {
        RawResponse answer = get(client);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("upstream.open");
        assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(50, 100);
      }
      assertThat(bad.requests()).hasSize(4);
      assertThat(gateway.metric("headgate_upstream_breaker{upstream=\"o\"}")).isEqualTo(2);
      gateway.awaitMetric(REFUSED, 10);
    }
  }

  @Test
  void anUpstreamThatIsWellAgainIsAskedAgain() throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    try (var origin =
            ScriptedOrigin.start(exchange -> exchange.respond(well.get() ? 200 : 503, "in"));
        var gateway = gateway("{ minRequests: 4, open: 200ms, probes: 2 }", origin.url());
        RawClient client = gateway.connect()) {
      while (gateway.metric("headgate_upstream_breaker{upstream=\"o\"}") == 0) {
        get(client);
      }
      well.set(true);
      while (gateway.metric("headgate_upstream_breaker{upstream=\"o\"}") != 0) {
        get(client);
      }
      for (int i = 0; i < 10; i++) {
        assertThat(get(client).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anUpstreamThatHangsIsNotWaitedForByEverybody() throws Exception {
    try (var hangs = ScriptedOrigin.start(exchange -> exchange.awaitClosed());
        var gateway = gateway("{ minRequests: 3, open: 100s }", hangs.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(get(client).status()).isEqualTo(504);
      }
      assertThat(get(client).text()).contains("upstream.open");
    }
  }

  @Test
  void aProbeWhoseCallerGoesAwayMakesRoomForAnother() throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    AtomicBoolean hangs = new AtomicBoolean();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              if (hangs.get()) {
                exchange.awaitClosed();
              } else {
                exchange.respond(well.get() ? 200 : 500, "in");
              }
            });
        var gateway =
            gateways.start(
                """
                listeners: { plain: { address: "127.0.0.1:0" } }
                upstreams:
                  o: { endpoints: ["%s"], circuitBreaker: { minRequests: 2, open: 100ms, probes: 1 } }
                routes: { all: { match: { path: /** }, auth: public, to: o } }
                telemetry: { accessLog: { to: "off" } }
                """
                    .formatted(origin.url()));
        RawClient client = gateway.connect()) {
      get(client);
      get(client);
      hangs.set(true);
      int before = origin.requests().size();
      while (origin.requests().size() == before) {
        double refused = gateway.metric(REFUSED);
        try (RawClient probing = gateway.connect()) {
          probing.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
          while (origin.requests().size() == before && gateway.metric(REFUSED) == refused) {
            Thread.onSpinWait();
          }
        }
      }
      hangs.set(false);
      well.set(true);
      while (gateway.metric("headgate_upstream_breaker{upstream=\"o\"}") != 0) {
        get(client);
      }
    }
  }
}
