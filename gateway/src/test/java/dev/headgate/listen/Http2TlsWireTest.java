package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.http2.Http2Client;
import dev.headgate.testkit.http2.Http2Origin;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 as ALPN chooses it, on both sides of the gateway. */
class Http2TlsWireTest {
  @TempDir private Path files;

  @Test
  void speaksWhatAlpnAgreedOn() throws Exception {
    Certificates authority = Certificates.authority();
    var options = OriginOptions.tls(authority.server("localhost").serverContext());
    try (var origin = Http2Origin.start(options, exchange -> exchange.respond(200, "hi"));
        var gateway = Http2Gateway.withTls(origin.port(), authority, files);
        var http2 =
            Http2Client.connectTls(gateway.port(), authority.trustingContext(), "localhost");
        var http1 =
            RawClient.connectTls(gateway.port(), authority.trustingContext(), "localhost")) {
      assertThat(http2.get("/").text()).isEqualTo("hi");
      assertThat(http2.connection().wire().applicationProtocol()).isEqualTo("h2");
      http1.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(http1.readResponse().text()).isEqualTo("hi");
      assertThat(origin.requests()).hasSize(2);
      assertThat(origin.lastRequest().header("x-forwarded-proto")).isEqualTo("https");
    }
  }
}
