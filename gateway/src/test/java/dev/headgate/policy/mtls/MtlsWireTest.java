package dev.headgate.policy.mtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.Identity;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Client;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class MtlsWireTest {
  private static final String BATCH = "spiffe://example.org/acme/batch";

  private final Certificates ca = Certificates.authority();
  private final Identity batch = ca.clientNamed("CN=batch", "URI:" + BATCH);
  private final Identity shop = ca.clientNamed("CN=shop,O=Acme", "DNS:Shop.acme.example");
  private final Identity stranger = ca.client("stranger");
  @TempDir private Path files;

  @Parameter private Gateways gateways;

  private String config(ScriptedOrigin origin, String mode) throws Exception {
    var own = Certificates.authority().server("localhost").writeTo(files, "gateway");
    Path authorities = ca.writeTo(files, "ca");
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256").digest(shop.certificate().getEncoded()));
    return """
    listeners:
      secure:
        address: "127.0.0.1:0"
        tls:
          certificates: [{ chain: "%s", key: "%s" }]
          clients: { mode: %s, ca: "%s" }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      partners:
        mtls: { identityHeaders: { X-Consumer: consumer, X-Subject: subject, X-Names: claims.sans.dns } }
      anyone: { mtls: { allowUnknown: true, identityHeaders: { X-Hash: claims.fingerprint } } }
    routes:
      orders: { match: { path: /orders/** }, auth: partners, to: o }
      all: { match: { path: /all }, auth: anyone, to: o }
      groups:
        match: { path: /groups }
        auth: anyone
        policies: [{ authorize: { when: "identity.claims.spiffe.startsWith('spiffe://example.org/')" } }]
        to: o
      open: { match: { path: /open }, auth: public, to: o }
    consumers:
      acme: { credentials: [{ mtls: { spiffe: "%s" } }] }
      shop: { credentials: [{ mtls: { fingerprint: "%s" } }] }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(own.chain(), own.key(), mode, authorities, origin.url(), BATCH, hash);
  }

  private SSLContext showing(Identity client) {
    return Certificates.trustingAnything(client);
  }

  private static RawClient connect(GatewayUnderTest gateway, SSLContext context)
      throws IOException {
    return RawClient.connectTls(gateway.port(), context, "localhost");
  }

  private static RawResponse get(RawClient client, String path, String... fields)
      throws IOException {
    StringBuilder more = new StringBuilder();
    for (String field : fields) {
      more.append(field).append("\r\n");
    }
    return client
        .send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n")
        .readResponse();
  }

  @Test
  void aCertificateSaysWhoCalls() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "optional"));
        RawClient acme = connect(gateway, showing(batch));
        RawClient other = connect(gateway, showing(shop))) {
      assertThat(get(acme, "/orders/7", "X-Consumer: evil", "X-Names: evil").status())
          .isEqualTo(200);
      assertThat(get(other, "/orders/7").status()).isEqualTo(200);
      assertThat(get(acme, "/orders/8").status()).isEqualTo(200);

      ReceivedRequest first = origin.requests().get(0);
      assertThat(first.headers("x-consumer")).containsExactly("acme");
      assertThat(first.headers("x-subject")).containsExactly(BATCH);
      assertThat(first.headers("x-names")).containsExactly("");
      ReceivedRequest second = origin.requests().get(1);
      assertThat(second.headers("x-consumer")).containsExactly("shop");
      assertThat(second.headers("x-names")).containsExactly("shop.acme.example");
      assertThat(origin.requests().get(2).headers("x-consumer")).containsExactly("acme");
    }
  }

  @Test
  void everyStreamOfAConnectionHasItsCertificate() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "required"));
        var acme = Http2Client.connectTls(gateway.port(), showing(batch), "localhost")) {
      assertThat(acme.connection().wire().applicationProtocol()).isEqualTo("h2");
      assertThat(acme.get("/orders/7").status()).isEqualTo(200);
      assertThat(acme.get("/orders/8").status()).isEqualTo(200);

      assertThat(origin.requests())
          .allSatisfy(request -> assertThat(request.header("x-consumer")).isEqualTo("acme"));
    }
  }

  @Test
  void withoutACertificateThatIsKnownNobodyGetsIn() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "optional"));
        RawClient nobody = connect(gateway, Certificates.trustingAnything());
        RawClient unknown = connect(gateway, showing(stranger))) {
      RawResponse answer = get(nobody, "/orders/7");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("www-authenticate")).isEqualTo("ClientCertificate");
      assertThat(answer.text()).contains("mtls.missing");
      assertThat(get(unknown, "/orders/7").text())
          .contains("mtls.unknown")
          .doesNotContain("stranger");
      assertThat(get(nobody, "/all").status()).isEqualTo(401);
      assertThat(get(nobody, "/open").status()).isEqualTo(200);
    }
  }

  @Test
  void anyCertificateOfTheAuthoritiesIsTakenWhereTheUserSaysSo() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "optional"));
        RawClient unknown = connect(gateway, showing(stranger));
        RawClient workload = connect(gateway, showing(batch))) {
      assertThat(get(unknown, "/all").status()).isEqualTo(200);
      assertThat(origin.onlyRequest().header("x-hash")).hasSize(64);
      assertThat(get(unknown, "/groups").text()).contains("authorize.undecided");
      assertThat(get(workload, "/groups").status()).isEqualTo(200);
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefusedInTheHandshake() throws Exception {
    Identity forged = Certificates.authority().clientNamed("CN=batch", "URI:" + BATCH);
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "optional"))) {
      assertThatThrownBy(
              () -> {
                try (RawClient client = connect(gateway, showing(forged))) {
                  get(client, "/orders/7");
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void aResumedSessionStillHasItsCertificate() throws Exception {
    SSLContext context = showing(batch);
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "optional"))) {
      Dial dial = Dial.port(gateway.port()).tls(context, "localhost").resuming();
      try (RawClient first = RawClient.connect(dial)) {
        assertThat(get(first, "/orders/7").status()).isEqualTo(200);
        assertThat(first.wire().isResumed()).isFalse();
      }
      try (RawClient again = RawClient.connect(dial)) {
        assertThat(get(again, "/orders/7").status()).isEqualTo(200);
        assertThat(again.wire().isResumed()).isTrue();
      }
      assertThat(origin.lastRequest().header("x-consumer")).isEqualTo("acme");
    }
  }

  @Test
  void aConsumerThatIsTakenOutCanCallNoMoreOnTheSameConnection() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = gateways.start(config(origin, "optional"));
        RawClient acme = connect(gateway, showing(batch))) {
      assertThat(get(acme, "/orders/7").status()).isEqualTo(200);

      gateway.apply(config(origin, "optional").replace("spiffe: \"" + BATCH, "dns: \"a.example"));

      assertThat(get(acme, "/orders/7").text()).contains("mtls.unknown");
    }
  }
}
