package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class RequestLimitWireTest {
  private static final String UNDER_WAY = "headgate_upstream_requests_in_flight{upstream=\"o\"}";
  private static final String QUEUED = "headgate_upstream_queued{upstream=\"o\"}";
  private static final String FULL =
      "headgate_upstream_refused_total{reason=\"full\",upstream=\"o\"}";
  private static final String LATE =
      "headgate_upstream_refused_total{reason=\"queue_timeout\",upstream=\"o\"}";
  private static final String WAITS = "headgate_upstream_queue_wait_seconds_count{upstream=\"o\"}";

  @Parameter private Gateways gateways;

  private static String config(String url, String limits) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"], limits: %s } }
    routes: { all: { match: { path: /** }, auth: public, to: o } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(url, limits);
  }

  private GatewayUnderTest gateway(String url, String limits) {
    return gateways.start(config(url, limits));
  }

  private static void ask(RawClient client) throws Exception {
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @Test
  void oneTooManyIsAnsweredAtOnceAndToldWhenToComeBack() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin.url(), "{ requests: 2 }");
        RawClient first = gateway.connect();
        RawClient second = gateway.connect();
        RawClient third = gateway.connect()) {
      ask(first);
      ask(second);
      origin.awaitRequest(2);
      assertThat(gateway.metric(UNDER_WAY)).isEqualTo(2);
      assertThat(gateway.metric("headgate_upstream_request_limit{upstream=\"o\"}")).isEqualTo(2);
      ask(third);
      RawResponse refused = third.readResponse();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("upstream.busy");
      assertThat(refused.header("retry-after")).isEqualTo("1");
      gate.open();
      assertThat(first.readResponse().text()).isEqualTo("in");
      assertThat(second.readResponse().text()).isEqualTo("in");
      gateway.awaitMetric(UNDER_WAY, 0);
      gateway.awaitMetric(FULL, 1);
      ask(third);
      assertThat(third.readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void whoWaitsGetsThePlaceThatBecomesFree() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin.url(), "{ requests: 1, queue: 1, queueTimeout: 20s }");
        RawClient first = gateway.connect();
        RawClient second = gateway.connect();
        RawClient third = gateway.connect()) {
      ask(first);
      origin.awaitRequest(1);
      ask(second);
      gateway.awaitMetric(QUEUED, 1);
      ask(third);
      assertThat(third.readResponse().status()).isEqualTo(503);
      gate.open();
      assertThat(first.readResponse().status()).isEqualTo(200);
      assertThat(second.readResponse().status()).isEqualTo(200);
      gateway.awaitMetric(QUEUED, 0);
      gateway.awaitMetric(WAITS, 1);
      gateway.awaitMetric(UNDER_WAY, 0);
      assertThat(origin.requests()).hasSize(2);
    }
  }

  @Test
  void nobodyWaitsForLongerThanMay() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin.url(), "{ requests: 1, queue: 1, queueTimeout: 50ms }");
        RawClient first = gateway.connect();
        RawClient second = gateway.connect()) {
      ask(first);
      origin.awaitRequest(1);
      ask(second);
      RawResponse late = second.readResponse();
      assertThat(late.status()).isEqualTo(503);
      assertThat(late.text()).contains("upstream.busy");
      gateway.awaitMetric(LATE, 1);
      gate.open();
      assertThat(first.readResponse().status()).isEqualTo(200);
      gateway.awaitMetric(UNDER_WAY, 0);
    }
  }

  @Test
  void aCallerThatGoesAwayLeavesTheLineAndGivesItsPlaceBack() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin.url(), "{ requests: 1, queue: 1, queueTimeout: 20s }");
        RawClient first = gateway.connect()) {
      ask(first);
      origin.awaitRequest(1);
      try (RawClient gone = gateway.connect()) {
        ask(gone);
        gateway.awaitMetric(QUEUED, 1);
      }
      gateway.awaitMetric(QUEUED, 0);
      first.close();
      gateway.awaitMetric(UNDER_WAY, 0);
      gate.open();
      try (RawClient next = gateway.connect()) {
        ask(next);
        assertThat(next.readResponse().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void placesComeBackWhateverBecomesOfARequest() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              switch (exchange.request().path()) {
                case "/reset" -> exchange.reset();
                case "/half" -> {
                  exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                  exchange.close();
                }
                case "/rubbish" -> {
                  exchange.send("rubbish\r\n\r\n");
                  exchange.close();
                }
                default -> exchange.respond(200, "in");
              }
            });
        var gateway = gateway(origin.url(), "{ requests: 1 }")) {
      for (String path : new String[] {"/reset", "/half", "/rubbish", "/well"}) {
        try (RawClient client = gateway.connect()) {
          client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
          client.readHead();
        }
        gateway.awaitMetric(UNDER_WAY, 0);
      }
      origin.closeConnections();
      origin.stopAccepting();
      try (RawClient client = gateway.connect()) {
        ask(client);
        assertThat(client.readResponse().status()).isBetween(502, 504);
      }
      gateway.awaitMetric(UNDER_WAY, 0);
    }
  }

  @Test
  void aReloadThatLeavesTheUpstreamAloneForgetsNoRequest() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin.url(), "{ requests: 1 }");
        RawClient first = gateway.connect();
        RawClient second = gateway.connect()) {
      ask(first);
      origin.awaitRequest(1);
      gateway.apply(config(origin.url(), "{ requests: 1 }") + "admin: off\n");
      ask(second);
      assertThat(second.readResponse().status()).isEqualTo(503);
      gate.open();
      assertThat(first.readResponse().status()).isEqualTo(200);
    }
  }
}
