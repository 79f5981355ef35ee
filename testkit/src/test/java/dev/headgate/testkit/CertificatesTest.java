package dev.headgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateExpiredException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
  private static final ScriptedOrigin.Script HI = exchange -> exchange.respond(200, "hi");
  private final Certificates ca = Certificates.authority();

  @Test
  void servesTlsAndRecordsTheServerName() throws Exception {
    Identity server = ca.server("api.example.com", "*.example.org", "127.0.0.1");
    try (var origin = ScriptedOrigin.start(OriginOptions.tls(server.serverContext()), HI);
        var client = RawClient.connectTls(origin.port(), ca.trustingContext(), "api.example.com")) {
      assertThat(client.get("/").text()).isEqualTo("hi");
      assertThat(origin.lastServerName()).isEqualTo("api.example.com");
      assertThat(client.wire().tlsVersion()).isEqualTo("TLSv1.3");
      assertThat(client.wire().peerCertificates().getFirst()).isEqualTo(server.certificate());
      assertThat(server.certificate().getSubjectAlternativeNames()).hasSize(3);
    }
  }

  @Test
  void choosesAnApplicationProtocolAndAnOldTlsVersion() throws Exception {
    Identity server = ca.withRsaKeys().intermediate().server("a.test");
    OriginOptions options =
        OriginOptions.tls(server.serverContext()).withApplicationProtocols("h2", "http/1.1");
    try (var origin = ScriptedOrigin.start(options, HI);
        var client =
            RawClient.connect(
                Dial.port(origin.port()).tls(ca.trustingContext(), null).tlsVersions("TLSv1.2"))) {
      assertThat(client.get("/").status()).isEqualTo(200);
      assertThat(client.wire().applicationProtocol()).isEqualTo("http/1.1");
      assertThat(client.wire().tlsVersion()).isEqualTo("TLSv1.2");
      assertThat(client.wire().peerCertificates()).hasSize(2);
      assertThat(origin.lastServerName()).isNull();
    }
  }

  @Test
  void refusesAClientWithoutTheRequiredCertificate() throws Exception {
    OriginOptions options =
        OriginOptions.tls(ca.server("a.test").serverContext(ca)).requiringClientCertificate();
    try (var origin = ScriptedOrigin.start(options, HI)) {
      Identity partner = ca.client("partner-7");
      try (var client =
          RawClient.connectTls(origin.port(), ca.trustingContext(partner), "a.test")) {
        assertThat(client.get("/").status()).isEqualTo(200);
        assertThat(origin.awaitConnection(1).wire().peerCertificates())
            .containsExactly(partner.certificate());
      }
      assertThatThrownBy(
              () -> {
                try (var client =
                    RawClient.connectTls(origin.port(), ca.trustingContext(), "a.test")) {
                  client.get("/");
                }
              })
          .isInstanceOf(java.io.IOException.class);
      // The client may hear of it before the origin has noted it down.
      await().untilAsserted(() -> assertThat(origin.handshakeFailures()).hasSize(1));
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void refusesAnotherAuthoritysCertificate() throws Exception {
    Identity stranger = Certificates.authority().server("a.test");
    try (var origin = ScriptedOrigin.start(OriginOptions.tls(stranger.serverContext()), HI)) {
      assertThatThrownBy(() -> RawClient.connectTls(origin.port(), ca.trustingContext(), "a.test"))
          .isInstanceOf(SSLException.class);
      try (var client =
          RawClient.connectTls(origin.port(), Certificates.trustingAnything(), "a.test")) {
        assertThat(client.get("/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void issuesCertificatesOutOfTheirTime() {
    assertThatThrownBy(() -> ca.expired("a.test").certificate().checkValidity())
        .isInstanceOf(CertificateExpiredException.class);
    assertThat(ca.expiringIn(Duration.ofDays(3), "a.test").certificate().getNotAfter())
        .isInTheFuture()
        .isBefore(java.time.Instant.now().plus(Duration.ofDays(4)));
  }

  @Test
  void writesPemFilesThatReadBack(@TempDir Path directory) throws Exception {
    for (Certificates issuer : new Certificates[] {ca, ca.withRsaKeys()}) {
      Identity identity = issuer.server("a.test");
      Identity.PemFiles files = identity.writeTo(directory, "a");
      String key = Files.readString(files.key());
      assertThat(key).startsWith("-----BEGIN PRIVATE KEY-----");
      assertThat(Files.readString(files.chain())).startsWith("-----BEGIN CERTIFICATE-----");
      byte[] der = Base64.getMimeDecoder().decode(key.replaceAll("-----[A-Z ]+-----", ""));
      assertThat(
              KeyFactory.getInstance(identity.privateKey().getAlgorithm())
                  .generatePrivate(new PKCS8EncodedKeySpec(der)))
          .isEqualTo(identity.privateKey());
    }
    assertThat(ca.writeTo(directory, "ca")).content().contains("BEGIN CERTIFICATE");
  }
}
