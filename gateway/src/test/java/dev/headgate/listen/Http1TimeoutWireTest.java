package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What a client takes too long for, or asks for too often, on HTTP/1. */
@OnEveryTransport
class Http1TimeoutWireTest {
  private static final String CONFIG =
      """
      listeners:
        head: { address: "127.0.0.1:0", limits: { headerTimeout: 300ms } }
        body: { address: "127.0.0.1:0", limits: { bodyTimeout: 300ms } }
        idle: { address: "127.0.0.1:0", limits: { idleTimeout: 300ms } }
        three: { address: "127.0.0.1:0", limits: { requestsPerConnection: 3 } }
        secure:
          address: "127.0.0.1:0"
          limits: { headerTimeout: 300ms }
          tls: { certificates: [{ chain: "%s", key: "%s" }] }
      upstreams: { o: { endpoints: ["%s"] } }
      routes:
        hi: { match: { path: /hi }, auth: public, respond: { body: hi } }
        all: { match: { path: /** }, auth: public, to: o, bodyLimit: 1GiB }
      telemetry: { accessLog: { to: "off" } }
      """;

  @TempDir private Path files;

  @Parameter private Gateways gateways;
  private ScriptedOrigin origin;
  private GatewayUnderTest gateway;

  @BeforeEach
  void start() throws Exception {
    origin =
        ScriptedOrigin.start(exchange -> {
          if (exchange.request().target().equals("/large")) {
            exchange.respondPattern(200, 1 << 30);
          } else {
            exchange.respond(200, "x");
          }
        });
    var own = Certificates.authority().server("localhost").writeTo(files, "gateway");
    gateway = gateways.start(CONFIG.formatted(own.chain(), own.key(), origin.url()));
  }

  @AfterEach
  void stop() {
    gateway.close();
    origin.close();
  }

  private RawClient connect(String listener) throws Exception {
    return RawClient.connect(gateway.port(listener));
  }

  private double failures(String stage, String reason) {
    return gateway.metric(
        "headgate_failures_total{reason=\"%s\",stage=\"%s\"}".formatted(reason, stage));
  }

  @Test
  void closesAConnectionThatNeverAsks() throws Exception {
    try (var client = connect("head")) {
      client.expectClosed();
    }
    assertThat(failures("read", "client.header_timeout")).isZero();
  }

  @Test
  void endsAHeadThatTricklesInOnALaterRequestToo() throws Exception {
    try (var client = connect("head")) {
      assertThat(client.get("/hi").text()).isEqualTo("hi");
      client.send("GET /hi HTTP/1.1\r\nHo");
      RawResponse refusal = client.readResponse();
      assertThat(refusal.status()).isEqualTo(408);
      assertThat(refusal.header("connection")).isEqualTo("close");
      assertThat(refusal.text()).contains("\"reason\":\"client.header_timeout\"");
      client.expectClosed();
    }
    assertThat(failures("read", "client.header_timeout")).isEqualTo(1);
  }

  @Test
  void endsARequestOfWhichTheBodyStopsComing() throws Exception {
    for (String framing : new String[] {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
      try (var client = connect("body")) {
        client.send("POST / HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n\r\n1\r\n");
        RawResponse refusal = client.readResponse();
        assertThat(refusal.status()).isEqualTo(408);
        assertThat(refusal.text()).contains("\"reason\":\"client.body_timeout\"");
        client.expectClosed();
      }
    }
    assertThat(failures("read", "client.body_timeout")).isEqualTo(2);
    for (var request : origin.requests()) {
      assertThat(request.isComplete()).isFalse();
    }
  }

  @Test
  void endsAnAnswerThatIsNotRead() throws Exception {
    try (var client = RawClient.connect(Dial.port(gateway.port("body")).receiveBuffer(8 * 1024))) {
      client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
      client.readHead();
      gateway.awaitMetric(
          "headgate_failures_total{reason=\"client.read_timeout\",stage=\"respond\"}", 1);
    }
  }

  @Test
  void closesAConnectionThatIsNoLongerUsedWithoutAWord() throws Exception {
    try (var client = connect("idle")) {
      assertThat(client.get("/hi").text()).isEqualTo("hi");
      assertThat(client.get("/").text()).isEqualTo("x");
      assertThat(client.expectClosed()).isEqualTo(RawClient.Ending.ORDERLY);
    }
  }

  @Test
  void closesAConnectionAfterItsShareOfRequests() throws Exception {
    try (var client = connect("three")) {
      assertThat(client.get("/hi").header("connection")).isNull();
      assertThat(client.get("/").header("connection")).isNull();
      RawResponse last = client.get("/");
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.header("connection")).isEqualTo("close");
      client.expectClosed();
    }
    // What was sent ahead beyond the share is not answered.
    try (var client = connect("three")) {
      client.send("GET /hi HTTP/1.1\r\nHost: x\r\n\r\n".repeat(5));
      for (int i = 0; i < 3; i++) {
        assertThat(client.readResponse().text()).isEqualTo("hi");
      }
      client.expectClosed();
    }
  }

  @Test
  void endsAHandshakeThatDoesNotComeToItsEnd() throws Exception {
    try (var client = connect("secure")) {
      client.send(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00});
      client.readUntilClosed();
    }
    assertThat(
            gateway.metric(
                "headgate_tls_handshake_errors_total{listener=\"secure\",reason=\"timeout\"}"))
        .isEqualTo(1);
  }
}
