package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Ends of connections, which the transports tell in different orders. */
@OnEveryTransport
class TransportWireTest {
  @Parameter private Gateways gateways;

  @Test
  void passesAnAnswerAfterWhichTheOriginCloses() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respond(404, "none", "Connection: close");
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connect()) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/" + i).text()).isEqualTo("none");
      }
    }
  }
}
