package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * Peers that break off right behind what they have sent. How that looks from here depends on what
 * comes together in one turn of the event loop, so each is tried often.
 */
@OnEveryTransport
class PeerGoneWireTest {
  private static final int TIMES = 30;

  @Parameter private Gateways gateways;

  @Test
  void aClientsResetEndsItsRequest() throws Exception {
    ScriptedOrigin.Script reading =
        exchange -> {
          try {
            exchange.body().readAllBytes();
          } catch (IOException e) {
            exchange.close();
          }
        };
    try (var origin = ScriptedOrigin.start(reading);
        var gateway = gateways.inFrontOf(origin.url())) {
      for (int i = 0; i < TIMES; i++) {
        try (var client = gateway.connect()) {
          client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
          if (i % 2 == 0) {
            gateway.awaitMetric("headgate_requests_in_flight", 1);
          }
          client.send("a piece");
          client.reset();
          gateway.awaitMetric("headgate_requests_in_flight", 0);
        }
      }
    }
  }

  @Test
  void anOriginsResetEndsItsAnswer() throws Exception {
    ScriptedOrigin.Script breakingOff =
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\na piece");
          exchange.reset();
        };
    try (var origin = ScriptedOrigin.start(breakingOff);
        var gateway = gateways.inFrontOf(origin.url())) {
      for (int i = 0; i < TIMES; i++) {
        try (var client = gateway.connect()) {
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
          assertThatThrownBy(
                  () -> {
                    RawResponse head = client.readHead();
                    if (head.status() == 200) {
                      client.body(head).readAllBytes();
                    }
                    throw new IOException("refused with " + head.status());
                  })
              .isInstanceOf(IOException.class);
          gateway.awaitMetric("headgate_requests_in_flight", 0);
        }
      }
    }
  }
}
