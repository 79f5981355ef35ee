package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RawClientTest {
  private static final byte[] GET = "GET /abc HTTP/1.1\r\nHost: o\r\n\r\n".getBytes(ISO_8859_1);

  @Test
  void sendsInChosenSplitsAndAfterAPrefix() throws Exception {
    byte[] prefix = ProxyHeader.v1("192.0.2.7", 5000, "192.0.2.1", 443);
    try (var origin =
            ScriptedOrigin.startRaw(connection -> {
              assertThat(connection.wire().reader().line(100))
                  .isEqualTo("PROXY TCP4 192.0.2.7 192.0.2.1 5000 443");
              connection.answerEach(exchange -> exchange.respond(200, exchange.request().path()));
            });
        var client = RawClient.connect(Dial.port(origin.port()).prefix(prefix))) {
      client.sendSplitAt(GET, 2, 5, 20);
      assertThat(client.readResponse().text()).isEqualTo("/abc");
    }
  }

  @Test
  void writesBinaryProxyHeaders() {
    assertThat(ProxyHeader.v2("192.0.2.7", 5000, "192.0.2.1", 443))
        .hasSize(28)
        .endsWith(0x21, 0x11, 0, 12, 192, 0, 2, 7, 192, 0, 2, 1, 5000 >> 8, 5000 & 0xff, 1, 0xbb);
    assertThat(ProxyHeader.v2("::1", 1, "::1", 2)).hasSize(52);
    assertThat(ProxyHeader.v2Local()).hasSize(16).endsWith(0x20, 0, 0, 0);
  }

  @Test
  void expectsSilenceOrTheEnd() throws Exception {
    var gate = new Gate();
    try (var origin =
            ScriptedOrigin.startRaw(connection -> {
              gate.await();
              connection.wire().output().write("surprise".getBytes(ISO_8859_1));
              connection.awaitClosed();
            });
        var client = RawClient.connect(origin.port())) {
      client.expectSilence(Duration.ofMillis(100), Duration.ofSeconds(10));
      gate.open();
      assertThatThrownBy(client::expectClosed)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("surprise");
      assertThatThrownBy(() -> client.expectSilence(Duration.ofMillis(100), Duration.ofSeconds(10)))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void refusesResponsesThatBreakTheProtocol() throws Exception {
    for (String bad :
        new String[] {
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
          "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
          "HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"
        }) {
      try (var origin =
              ScriptedOrigin.start(exchange -> {
                exchange.send(bad);
                exchange.awaitClosed();
              });
          var client = RawClient.connect(origin.port())) {
        client.send(GET);
        assertThatThrownBy(client::readResponse).as(bad).isInstanceOf(ProtocolViolation.class);
      }
    }
  }

  @Test
  void resumesATlsSessionOnlyWhereAsked() throws Exception {
    var ca = Certificates.authority();
    var options = OriginOptions.tls(ca.server("a.test").serverContext());
    for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
      var context = ca.trustingContext();
      try (var origin = ScriptedOrigin.start(options, exchange -> exchange.respond(200, "hi"))) {
        for (boolean expected : new boolean[] {false, true}) {
          Dial dial =
              Dial.port(origin.port()).tls(context, "a.test").tlsVersions(version).resuming();
          try (var client = RawClient.connect(dial)) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.wire().isResumed()).as(version).isEqualTo(expected);
          }
        }
        try (var client = RawClient.connectTls(origin.port(), context, "a.test")) {
          assertThat(client.wire().isResumed()).isFalse();
        }
      }
    }
  }

  @Test
  void findsAByteThatDoesNotBelong() throws Exception {
    byte[] bytes = Pattern.bytes(200_000);
    assertThat(Pattern.check(new java.io.ByteArrayInputStream(bytes))).isEqualTo(200_000);
    bytes[150_000]++;
    assertThatThrownBy(() -> Pattern.check(new java.io.ByteArrayInputStream(bytes)))
        .hasMessageContaining("150000");
  }
}
