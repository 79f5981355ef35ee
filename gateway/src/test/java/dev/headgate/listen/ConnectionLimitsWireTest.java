package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.http2.Http2Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Which connections may come in, and how many. */
@OnEveryTransport
class ConnectionLimitsWireTest {
  private static final String CONFIG =
      """
      listeners:
        few: { address: "127.0.0.1:0", limits: { connections: 3 } }
        fair: { address: "127.0.0.1:0", limits: { connectionsPerClient: 2 } }
        both: { address: "[::]:0", addresses: { deny: [127.0.0.2] } }
        some: { address: "127.0.0.1:0", addresses: { allow: [127.0.0.0/30], deny: [127.0.0.2] } }
        behind:
          address: "127.0.0.1:0"
          trustedProxies: [127.0.0.1]
          addresses: { allow: [192.0.2.0/24, "2001:db8::/32"], deny: [192.0.2.66] }
      routes: { all: { match: { path: /** }, auth: public, respond: { body: hi } } }
      telemetry: { accessLog: { to: "off" } }
      """;

  @Parameter private Gateways gateways;
  private GatewayUnderTest gateway;

  @BeforeEach
  void start() {
    gateway = gateways.start(CONFIG);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private RawClient connect(String listener, String from) throws IOException {
    return RawClient.connect(Dial.port(gateway.port(listener)).from(from));
  }

  private void expectServed(String listener, String from) throws IOException {
    try (var client = connect(listener, from)) {
      assertThat(client.get("/").text()).isEqualTo("hi");
    }
  }

  private void expectRefused(String listener, String from, String reason) throws IOException {
    String series =
        "headgate_connections_refused_total{listener=\"%s\",reason=\"%s\"}"
            .formatted(listener, reason);
    double before = gateway.metric(series);
    try (var client = connect(listener, from)) {
      client.expectClosed();
    }
    assertThat(gateway.metric(series)).isEqualTo(before + 1);
  }

  /** Counts come back a moment after a connection has ended. */
  private void awaitClosed(String listener, int closed) {
    gateway.awaitMetric(
        "headgate_connections_closed_total{listener=\"%s\"}".formatted(listener), closed);
  }

  @Test
  void boundsTheConnectionsOfAListener() throws Exception {
    List<RawClient> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RawClient client = connect("few", "127.0.0." + (i + 1));
      assertThat(client.get("/").text()).isEqualTo("hi");
      open.add(client);
    }
    expectRefused("few", "127.0.0.9", "connections.limit");
    // Those that are in are served on, and a place that becomes free is given away.
    assertThat(open.getLast().get("/").text()).isEqualTo("hi");
    open.removeFirst().close();
    awaitClosed("few", 1);
    expectServed("few", "127.0.0.9");
    awaitClosed("few", 2);
    open.removeFirst().reset();
    awaitClosed("few", 3);
    expectServed("few", "127.0.0.9");
    for (RawClient client : open) {
      client.close();
    }
  }

  @Test
  void boundsTheConnectionsOfOneClientAddress() throws Exception {
    for (int round = 0; round < 3; round++) {
      try (var one = connect("fair", "127.0.0.1");
          var two = Http2Client.connect(gateway.port("fair"))) {
        assertThat(one.get("/").text()).isEqualTo("hi");
        assertThat(two.get("/").text()).isEqualTo("hi");
        expectRefused("fair", "127.0.0.1", "connections.client_limit");
        expectRefused("fair", "127.0.0.1", "connections.client_limit");
        expectServed("fair", "127.0.0.3");
      }
      awaitClosed("fair", 3 * (round + 1));
    }
  }

  @Test
  void letsInOnlyAddressesThatAreAllowedAndNotDenied() throws Exception {
    expectServed("some", "127.0.0.1");
    expectServed("some", "127.0.0.3");
    expectRefused("some", "127.0.0.2", "address.denied");
    expectRefused("some", "127.0.0.4", "address.denied");
  }

  @Test
  void takesAnIpv4AddressForOneOnASocketOfBothKinds() throws Exception {
    expectServed("both", "127.0.0.1");
    expectRefused("both", "127.0.0.2", "address.denied");
  }

  @Test
  void refusesRequestsOfDeniedClientsBehindAProxy() throws Exception {
    try (var proxy = connect("behind", "127.0.0.1")) {
      assertThat(statusFor(proxy, "192.0.2.7")).isEqualTo(200);
      assertThat(statusFor(proxy, "2001:db8::7")).isEqualTo(200);
      assertThat(statusFor(proxy, "::ffff:192.0.2.7")).isEqualTo(200);
      assertThat(statusFor(proxy, "192.0.2.66")).isEqualTo(403);
      assertThat(statusFor(proxy, "::ffff:192.0.2.66")).isEqualTo(403);
      assertThat(statusFor(proxy, "198.51.100.1")).isEqualTo(403);
      assertThat(statusFor(proxy, "192.0.2.7, 198.51.100.1")).isEqualTo(403);
      assertThat(statusFor(proxy, "garbage")).isEqualTo(403);
      assertThat(proxy.get("/").status()).isEqualTo(403);
      assertThat(statusFor(proxy, "192.0.2.7")).isEqualTo(200);
    }
    expectRefused("behind", "127.0.0.2", "address.denied");
  }

  private static int statusFor(RawClient proxy, String forwardedFor) throws IOException {
    proxy.send("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + forwardedFor + "\r\n\r\n");
    return proxy.readResponse().status();
  }
}
