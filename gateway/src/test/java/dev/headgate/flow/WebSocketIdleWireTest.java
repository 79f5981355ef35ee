package dev.headgate.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class WebSocketIdleWireTest {
  @Parameter private Gateways gateways;

  @Test
  void aWebSocketIsClosedWhenBothSidesAreSilentAndNotBefore() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.upgradeToWebSocket();
              exchange.echoRawBytes();
            });
        var gateway =
            gateways.start(
                """
                listeners: { plain: { address: "127.0.0.1:0" } }
                upstreams: { o: { endpoints: ["%s"], timeouts: { websocket: 1s } } }
                routes: { all: { match: { path: /** }, auth: public, to: o } }
                telemetry: { accessLog: { to: "off" } }
                """
                    .formatted(origin.url()));
        RawClient client = gateway.connect()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(101);
      for (int i = 0; i < 6; i++) {
        assertThat(new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)).isFalse();
        client.send("still here!");
        assertThat(client.readUntil("!")).isEqualTo("still here!");
      }
      client.expectClosed();
      origin.awaitOpenConnections(0);
      gateway.awaitMetric(
          "headgate_failures_total{reason=\"websocket.idle\",stage=\"forward\"}", 1);
    }
  }
}
