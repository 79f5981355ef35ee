package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What must not depend on how sockets are read and written, which differ in what they tell when.
 */
class TransportWireTest {
  @ParameterizedTest
  @ValueSource(strings = {"nio", "epoll", "io_uring"})
  void passesAnAnswerAfterWhichTheOriginCloses(String transport) throws Exception {
    assumeTrue(available(transport));
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respond(404, "none", "Connection: close");
              exchange.close();
            });
        var gateway = Http2Gateway.with(origin.url(), "http1", "{}", transport);
        var client = RawClient.connect(gateway.port())) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/" + i).text()).isEqualTo("none");
      }
    }
  }

  private static boolean available(String transport) {
    return switch (transport) {
      case "io_uring" -> IoUring.isAvailable();
      case "epoll" -> Epoll.isAvailable();
      default -> true;
    };
  }
}
