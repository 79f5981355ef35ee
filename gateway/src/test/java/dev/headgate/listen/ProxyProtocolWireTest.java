package dev.headgate.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.ProxyHeader;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Client;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with a PROXY protocol header, and those that should. */
@OnEveryTransport
class ProxyProtocolWireTest {
  private static final String CONFIG =
      """
      listeners:
        plain:
          address: "127.0.0.1:0"
          proxyProtocol: true
          trustedProxies: [127.0.0.1]
          addresses: { deny: [198.51.100.0/24] }
          limits: { connectionsPerClient: 2, connections: 6 }
        hasty:
          address: "127.0.0.1:0"
          proxyProtocol: true
          trustedProxies: [127.0.0.1]
          limits: { headerTimeout: 300ms }
        secure:
          address: "127.0.0.1:0"
          proxyProtocol: true
          trustedProxies: [127.0.0.1]
          tls: { certificates: [{ chain: "%s", key: "%s" }] }
      upstreams: { o: { endpoints: ["%s"] } }
      routes: { all: { match: { path: /** }, auth: public, to: o } }
      telemetry: { accessLog: { to: "off" } }
      """;

  @TempDir private Path files;

  @Parameter private Gateways gateways;
  private final Certificates authority = Certificates.authority();
  private ScriptedOrigin origin;
  private GatewayUnderTest gateway;

  @BeforeEach
  void start() throws Exception {
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, caller(exchange.request())));
    var own = authority.server("localhost").writeTo(files, "gateway");
    gateway = gateways.start(CONFIG.formatted(own.chain(), own.key(), origin.url()));
  }

  private static String caller(ReceivedRequest request) {
    return String.join("|", request.headers("x-forwarded-for"));
  }

  @AfterEach
  void stop() {
    gateway.close();
    origin.close();
  }

  private Dial dial(byte[] header) {
    return Dial.port(gateway.port("plain")).prefix(header);
  }

  private String callerAfter(byte[] header) throws IOException {
    try (var client = RawClient.connect(dial(header))) {
      return client.get("/").text();
    }
  }

  /** A client may see the end of its connection a moment before it is counted. */
  private void awaitRefusal(String listener, String reason, int times) {
    gateway.awaitMetric(
        "headgate_connections_refused_total{listener=\"%s\",reason=\"%s\"}"
            .formatted(listener, reason),
        times);
  }

  @Test
  void believesBothVersionsOfTheHeader() throws Exception {
    assertThat(callerAfter(ProxyHeader.v1("192.0.2.7", 5000, "192.0.2.1", 443)))
        .isEqualTo("192.0.2.7");
    assertThat(callerAfter(ProxyHeader.v1("2001:db8::7", 5000, "2001:db8::1", 443)))
        .isEqualTo("2001:db8:0:0:0:0:0:7");
    assertThat(callerAfter(ProxyHeader.v2("192.0.2.7", 5000, "192.0.2.1", 443)))
        .isEqualTo("192.0.2.7");
    assertThat(callerAfter(ProxyHeader.v2("2001:db8::7", 5000, "2001:db8::1", 443)))
        .isEqualTo("2001:db8:0:0:0:0:0:7");
  }

  @Test
  void takesTheProxyForTheCallerWhereTheHeaderNamesNone() throws Exception {
    assertThat(callerAfter(ProxyHeader.v2Local())).isEqualTo("127.0.0.1");
    for (String unknown : List.of("PROXY UNKNOWN\r\n", "PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2\r\n")) {
      assertThat(callerAfter(unknown.getBytes(ISO_8859_1))).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void skipsExtensionsOfVersion2() throws Exception {
    byte[] authority = "api.example.com".getBytes(ISO_8859_1);
    byte[] extensions =
        ByteBuffer.allocate(3 + authority.length + 3 + 1000)
            .put((byte) 2)
            .putShort((short) authority.length)
            .put(authority)
            .put((byte) 0xe5)
            .putShort((short) 1000)
            .array();
    assertThat(callerAfter(ProxyHeader.v2("192.0.2.7", 1, "192.0.2.1", 443, extensions)))
        .isEqualTo("192.0.2.7");
  }

  @Test
  void takesAHeaderInPiecesAndTogetherWithTheRequest() throws Exception {
    String header =
        new String(ProxyHeader.v2("192.0.2.7", 1, "192.0.2.1", 443, new byte[0]), ISO_8859_1);
    String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    try (var client = RawClient.connect(gateway.port("plain"))) {
      client.sendByteByByte(header + request);
      assertThat(client.readResponse().text()).isEqualTo("192.0.2.7");
    }
    try (var client = RawClient.connect(gateway.port("plain"))) {
      client.send(header + request);
      assertThat(client.readResponse().text()).isEqualTo("192.0.2.7");
    }
  }

  @Test
  void readsTheHeaderBeforeTlsAndBeforeHttp2() throws Exception {
    byte[] header = ProxyHeader.v1("192.0.2.7", 5000, "192.0.2.1", 443);
    Dial secure = Dial.port(gateway.port("secure")).prefix(header);
    try (var client = RawClient.connect(secure.tls(authority.trustingContext(), "localhost"))) {
      assertThat(client.get("/").text()).isEqualTo("192.0.2.7");
    }
    Dial again = Dial.port(gateway.port("secure")).prefix(header);
    try (var client = Http2Client.connect(again.tls(authority.trustingContext(), "localhost"))) {
      assertThat(client.get("/").text()).isEqualTo("192.0.2.7");
    }
    try (var client = Http2Client.connect(dial(header))) {
      assertThat(client.get("/").text()).isEqualTo("192.0.2.7");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 5000\r\n",
        "PROXY TCP4 2001:db8::7 192.0.2.1 5000 443\r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 5000 70000\r\n",
        "PROXY TCP4 a.example.com 192.0.2.1 5000 443\r\n",
        "PROXY TCP5 192.0.2.7 192.0.2.1 5000 443\r\n",
        "proxy TCP4 192.0.2.7 192.0.2.1 5000 443\r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 5000 443\n",
        "\r\n\r\n\0\r\nQUIT\n\u0031\u0011\0\u000c\1\2\3\4\1\2\3\4\0\1\0\1",
        "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u0004\1\2\3\4",
      })
  void closesAConnectionThatBeginsOtherwise(String bytes) throws Exception {
    try (var client = RawClient.connect(gateway.port("plain"))) {
      client.send(bytes);
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
      client.expectClosed();
    }
    awaitRefusal("plain", "proxy.malformed", 1);
    assertThat(origin.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY TCP4 ", "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u00ff\u00ff"})
  void closesAConnectionWhoseHeaderIsTooLong(String beginning) throws Exception {
    try (var client = RawClient.connect(gateway.port("plain"))) {
      client.send(beginning + "1".repeat(8192));
      client.expectClosed();
    }
    awaitRefusal("plain", "proxy.malformed", 1);
  }

  @Test
  void closesAConnectionWhoseHeaderDoesNotComeInTime() throws Exception {
    try (var silent = RawClient.connect(gateway.port("hasty"));
        var slow = RawClient.connect(gateway.port("hasty"))) {
      slow.send("PROXY TCP4 192");
      silent.expectClosed();
      slow.expectClosed();
    }
    awaitRefusal("hasty", "proxy.timeout", 2);
  }

  @Test
  void believesTrustedPeersOnly() throws Exception {
    byte[] header = ProxyHeader.v1("192.0.2.7", 5000, "192.0.2.1", 443);
    try (var client = RawClient.connect(dial(header).from("127.0.0.2"))) {
      client.expectClosed();
    }
    awaitRefusal("plain", "proxy.untrusted", 1);
  }

  @Test
  void appliesAddressRulesAndLimitsToTheCallerThatIsNamed() throws Exception {
    try (var client = RawClient.connect(dial(ProxyHeader.v1("198.51.100.7", 1, "192.0.2.1", 2)))) {
      client.expectClosed();
    }
    awaitRefusal("plain", "address.denied", 1);
    byte[] header = ProxyHeader.v1("192.0.2.7", 5000, "192.0.2.1", 443);
    try (var one = RawClient.connect(dial(header));
        var two = RawClient.connect(dial(header))) {
      assertThat(one.get("/").status()).isEqualTo(200);
      assertThat(two.get("/").status()).isEqualTo(200);
      try (var third = RawClient.connect(dial(header))) {
        third.expectClosed();
      }
      assertThat(callerAfter(ProxyHeader.v1("192.0.2.8", 1, "192.0.2.1", 2)))
          .isEqualTo("192.0.2.8");
    }
    awaitRefusal("plain", "connections.client_limit", 1);
  }

  @Test
  void countsConnectionsThatHaveNotSentTheirHeaderYet() throws Exception {
    RawClient[] waiting = new RawClient[6];
    for (int i = 0; i < waiting.length; i++) {
      waiting[i] = RawClient.connect(gateway.port("plain"));
    }
    try (var beyond = RawClient.connect(gateway.port("plain"))) {
      beyond.expectClosed();
    }
    awaitRefusal("plain", "connections.limit", 1);
    for (RawClient one : waiting) {
      one.close();
    }
  }
}
