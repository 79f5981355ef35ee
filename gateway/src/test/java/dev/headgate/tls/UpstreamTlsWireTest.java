package dev.headgate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.telemetry.Json;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Identity;
import dev.headgate.testkit.OriginExchange;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins whose certificates are not good enough, and origins that want one of the gateway's. */
@OnEveryTransport
class UpstreamTlsWireTest {
  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      upstreams: { o: { endpoints: ["https://localhost:%d"], tls: { ca: "%s"%s } } }
      routes: { all: { match: { path: /** }, auth: public, to: o } }
      telemetry: { accessLog: { to: "file:%s" } }
      """;

  @TempDir private Path files;

  @Parameter private Gateways gateways;
  private final Certificates authority = Certificates.authority();

  private String config(ScriptedOrigin origin, String more) throws Exception {
    return CONFIG.formatted(
        origin.port(), authority.writeTo(files, "ca"), more, files.resolve("access.log"));
  }

  private void expectRefusal(OriginOptions options) throws Exception {
    int port;
    try (var origin = ScriptedOrigin.start(options, exchange -> exchange.respond(200, "x"));
        var gateway = gateways.start(config(origin, ""));
        var client = gateway.connect()) {
      port = origin.port();
      RawResponse refusal = client.get("/");
      assertThat(refusal.status()).isEqualTo(502);
      assertThat(refusal.text())
          .contains("\"reason\":\"upstream.tls\"")
          .doesNotContain("localhost", "ertificate", "Exception", Integer.toString(port));
      assertThat(
              gateway.metric("headgate_failures_total{reason=\"upstream.tls\",stage=\"forward\"}"))
          .isEqualTo(1);
      assertThat(origin.requests()).isEmpty();
    }
    Map<String, String> line = Json.object(Files.readString(files.resolve("access.log")));
    assertThat(line)
        .containsEntry("status", "502")
        .containsEntry("failed_by", "upstream")
        .containsEntry("stage", "forward")
        .containsEntry("reason", "upstream.tls");
    assertThat(line.get("detail")).contains("localhost:" + port, "TLS");
  }

  private static OriginOptions options(Identity identity) {
    return OriginOptions.tls(identity.serverContext());
  }

  @Test
  void refusesACertificateOfAnotherName() throws Exception {
    expectRefusal(options(authority.server("elsewhere.example.com")));
  }

  @Test
  void refusesACertificateOfAnUnknownAuthority() throws Exception {
    expectRefusal(options(Certificates.authority().server("localhost")));
  }

  @Test
  void refusesACertificateThatHasExpired() throws Exception {
    expectRefusal(options(authority.expired("localhost")));
  }

  @Test
  void refusesACertificateThatIsNotYetValid() throws Exception {
    expectRefusal(options(authority.notYetValid("localhost")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/1.1", "h2"})
  void saysThatAnOriginWantsACertificateAndThereIsNone(String protocol) throws Exception {
    expectRefusal(
        OriginOptions.tls(authority.server("localhost").serverContext(authority))
            .requiringClientCertificate()
            .withApplicationProtocols(protocol));
  }

  private static String caller(OriginExchange exchange) throws IOException {
    return exchange.wire().peerCertificates().getFirst().getSubjectX500Principal().getName();
  }

  @Test
  void presentsItsCertificateAndTakesANameThatTheConfigurationGives() throws Exception {
    var own = authority.client("gateway").writeTo(files, "own");
    var options =
        OriginOptions.tls(authority.server("inside.example.com").serverContext(authority))
            .requiringClientCertificate();
    try (var origin =
            ScriptedOrigin.start(options, exchange -> exchange.respond(200, caller(exchange)));
        var gateway =
            gateways.start(
                config(
                    origin,
                    ", serverName: inside.example.com, certificate: { chain: \"%s\", key: \"%s\" }"
                        .formatted(own.chain(), own.key())));
        var client = gateway.connect()) {
      assertThat(client.get("/").text()).isEqualTo("CN=gateway");
      assertThat(origin.lastServerName()).isEqualTo("inside.example.com");
    }
  }

  @Test
  void goesOnWithoutVerificationOnlyWhereTheConfigurationGivesItUp() throws Exception {
    Identity stranger = Certificates.authority().expired("elsewhere.example.com");
    try (var origin =
            ScriptedOrigin.start(options(stranger), exchange -> exchange.respond(200, "x"));
        var gateway = gateways.start(config(origin, ", verify: false"));
        var client = gateway.connect()) {
      assertThat(client.get("/").text()).isEqualTo("x");
    }
  }

  @Test
  void takesUpARenewedCertificateForNewConnectionsAndKeepsItIfTheNextIsBad() throws Exception {
    var own = authority.client("first").writeTo(files, "own");
    var options =
        OriginOptions.tls(authority.server("localhost").serverContext(authority))
            .requiringClientCertificate();
    try (var origin =
            ScriptedOrigin.start(
                options, exchange -> exchange.respond(200, caller(exchange), "connection: close"));
        var gateway =
            gateways.start(
                config(
                    origin,
                    ", certificate: { chain: \"%s\", key: \"%s\" }"
                        .formatted(own.chain(), own.key())));
        var client = gateway.connect()) {
      assertThat(client.get("/").text()).isEqualTo("CN=first");
      authority.client("second").writeTo(files, "own");
      await().untilAsserted(() -> assertThat(client.get("/").text()).isEqualTo("CN=second"));
      Files.writeString(own.key(), "not a key");
      await()
          .during(Duration.ofMillis(2500))
          .until(() -> client.get("/").text().equals("CN=second"));
    }
  }
}
