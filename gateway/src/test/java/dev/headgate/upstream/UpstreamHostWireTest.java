package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2ReceivedRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Which host an endpoint is asked for. */
@OnEveryTransport
class UpstreamHostWireTest {
  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      upstreams:
        usual: { endpoints: ["%1$s"], protocol: %2$s }
        preserved: { endpoints: ["%1$s"], protocol: %2$s, host: preserve }
        own: { endpoints: ["%1$s"], protocol: %2$s, host: endpoint }
        fixed: { endpoints: ["%1$s"], protocol: %2$s, host: "api.example.org:8443" }
      routes:
        usual: { match: { path: /usual }, auth: public, to: usual }
        preserved: { match: { path: /preserved }, auth: public, to: preserved }
        own: { match: { path: /own }, auth: public, to: own }
        fixed: { match: { path: /fixed }, auth: public, to: fixed }
      telemetry: { accessLog: { to: "off" } }
      """;

  @Parameter private Gateways gateways;

  @Test
  void asksForTheHostThatTheUpstreamSays() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "ok"));
        var gateway = gateways.start(CONFIG.formatted(origin.url(), "http1"))) {
      assertThat(host(gateway, origin, "/usual")).isEqualTo("shop.example.com:99");
      assertThat(host(gateway, origin, "/preserved")).isEqualTo("shop.example.com:99");
      assertThat(host(gateway, origin, "/own")).isEqualTo("127.0.0.1:" + origin.port());
      assertThat(host(gateway, origin, "/fixed")).isEqualTo("api.example.org:8443");
    }
  }

  private static @Nullable String host(GatewayUnderTest gateway, ScriptedOrigin origin, String path)
      throws Exception {
    ask(gateway, path);
    ReceivedRequest request = origin.lastRequest();
    assertThat(request.headers("host")).hasSize(1);
    assertThat(request.header("x-forwarded-host")).isEqualTo("shop.example.com:99");
    return request.header("host");
  }

  @Test
  void asksAnHttp2EndpointForTheHostThatTheUpstreamSays() throws Exception {
    try (var origin = Http2Origin.start(exchange -> exchange.respond(200, "ok"));
        var gateway = gateways.start(CONFIG.formatted(origin.url(), "http2"))) {
      assertThat(authority(gateway, origin, "/usual")).isEqualTo("shop.example.com:99");
      assertThat(authority(gateway, origin, "/preserved")).isEqualTo("shop.example.com:99");
      assertThat(authority(gateway, origin, "/own")).isEqualTo("127.0.0.1:" + origin.port());
      assertThat(authority(gateway, origin, "/fixed")).isEqualTo("api.example.org:8443");
    }
  }

  private static @Nullable String authority(
      GatewayUnderTest gateway, Http2Origin origin, String path) throws Exception {
    ask(gateway, path);
    Http2ReceivedRequest request = origin.lastRequest();
    assertThat(request.header("x-forwarded-host")).isEqualTo("shop.example.com:99");
    return request.authority();
  }

  private static void ask(GatewayUnderTest gateway, String path) throws Exception {
    try (var client = gateway.connect()) {
      client.send("GET " + path + " HTTP/1.1\r\nHost: shop.example.com:99\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
    }
  }
}
