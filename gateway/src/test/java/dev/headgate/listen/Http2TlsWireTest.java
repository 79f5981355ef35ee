package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.http2.Http2Client;
import dev.headgate.testkit.http2.Http2Origin;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** HTTP/2 as ALPN chooses it, on both sides of the gateway. */
@OnEveryTransport
class Http2TlsWireTest {
  private static final String CONFIG =
      """
      listeners:
        secure:
          address: "127.0.0.1:0"
          tls: { certificates: [{ chain: "%s", key: "%s" }] }
      upstreams:
        o: { endpoints: ["https://localhost:%d"], tls: { ca: "%s" }, timeouts: { connect: 5s } }
      routes:
        all: { match: { path: /** }, auth: public, to: o }
      telemetry: { accessLog: { to: "off" } }
      """;

  @TempDir private Path files;

  @Parameter private Gateways gateways;

  @Test
  void speaksWhatAlpnAgreedOn() throws Exception {
    Certificates authority = Certificates.authority();
    var own = authority.server("localhost").writeTo(files, "gateway");
    Path ca = authority.writeTo(files, "ca");
    var options = OriginOptions.tls(authority.server("localhost").serverContext());
    try (var origin = Http2Origin.start(options, exchange -> exchange.respond(200, "hi"));
        var gateway = gateways.start(CONFIG.formatted(own.chain(), own.key(), origin.port(), ca));
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
