package dev.headgate.policy.concurrency;

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
class ConcurrencyWireTest {
  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(ScriptedOrigin origin) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"] } }
        routes:
          all:
            match: { path: /** }
            auth: public
            policies: [{ concurrency: 2 }]
            to: o
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(origin.url()));
  }

  private static void ask(RawClient client, String path) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @Test
  void oneMoreThanMayBeUnderWayIsRefused() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin);
        RawClient first = gateway.connect();
        RawClient second = gateway.connect();
        RawClient third = gateway.connect()) {
      ask(first, "/1");
      ask(second, "/2");
      origin.awaitRequest(2);
      ask(third, "/3");
      RawResponse refused = third.readResponse();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("retry-after")).isEqualTo("1");
      assertThat(refused.text()).contains("concurrency.exceeded");

      gate.open();
      assertThat(first.readResponse().status()).isEqualTo(200);
      assertThat(second.readResponse().status()).isEqualTo(200);
      ask(third, "/4");
      assertThat(third.readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void whoGoesAwayLeavesNothingBehind() throws Exception {
    Gate gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              if (exchange.request().path().equals("/slow")) {
                gate.await();
              }
              exchange.respond(200, "in");
            });
        var gateway = gateway(origin)) {
      for (int i = 0; i < 2; i++) {
        RawClient client = gateway.connect();
        ask(client, "/slow");
        origin.awaitRequest(i + 1);
        client.close();
      }
      gateway.awaitMetric("headgate_requests_in_flight", 0);
      try (RawClient client = gateway.connect()) {
        ask(client, "/fast");
        assertThat(client.readResponse().status()).isEqualTo(200);
      }
      gate.open();
    }
  }
}
