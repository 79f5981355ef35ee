package dev.headgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.exchange.ClientCertificate.NameKind;
import dev.headgate.testkit.Certificates;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCertificateTest {
  private final Certificates ca = Certificates.authority();

  private ClientCertificate of(String subject, String... names) {
    return ClientCertificate.of(ca.clientNamed(subject, names).certificate());
  }

  @Test
  void tellsWhatTheCertificateSays() throws Exception {
    X509Certificate shown =
        ca.clientNamed(
                "CN=Acme Batch, O=Partners",
                "DNS:Batch.Acme.EXAMPLE",
                "EMAIL:Ada@Acme.Example",
                "IP:192.0.2.7",
                "IP:2001:db8::7",
                "URI:spiffe://example.org/acme/Batch")
            .certificate();
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(shown.getEncoded());

    ClientCertificate certificate = ClientCertificate.of(shown);

    assertThat(certificate.subject()).isEqualTo("CN=Acme Batch,O=Partners");
    assertThat(certificate.issuer()).startsWith("CN=Headgate test root");
    assertThat(certificate.serial()).isEqualTo(shown.getSerialNumber().toString(16));
    assertThat(certificate.names(NameKind.DNS)).containsExactly("batch.acme.example");
    assertThat(certificate.names(NameKind.EMAIL)).containsExactly("Ada@acme.example");
    assertThat(certificate.names(NameKind.IP)).containsExactly("192.0.2.7", "2001:db8:0:0:0:0:0:7");
    assertThat(certificate.spiffe()).isEqualTo("spiffe://example.org/acme/Batch");
    assertThat(certificate.fingerprint()).isEqualTo(HexFormat.of().formatHex(sha256));
    assertThat(Base64.getUrlDecoder().decode(certificate.thumbprint())).isEqualTo(sha256);
    assertThat(certificate.thumbprint()).hasSize(43);
    assertThat(certificate.notAfter()).isEqualTo(shown.getNotAfter().getTime());
  }

  @Test
  void aCertificateWithoutNamesHasNone() {
    ClientCertificate certificate = of("CN=acme");

    assertThat(certificate.names(NameKind.DNS)).isEmpty();
    assertThat(certificate.spiffe()).isNull();
  }

  @Test
  void subjectsThatMeanTheSameHaveTheSameCanonicalForm() {
    assertThat(of("CN=Acme  Batch,O=Partners").canonicalSubject())
        .isEqualTo(of("cn=acme batch, o=PARTNERS").canonicalSubject())
        .isNotEqualTo(of("O=Partners,CN=Acme Batch").canonicalSubject())
        .isNotEqualTo(of("CN=Acme Batch\\\\,O=Partners").canonicalSubject());
  }

  @Test
  void aCertificateWithTwoUrisIsNoSpiffeIdentity() {
    assertThat(of("CN=a", "URI:spiffe://example.org/a", "URI:spiffe://example.org/b").spiffe())
        .isNull();
    assertThat(of("CN=a", "URI:spiffe://example.org/a", "URI:https://a.example").spiffe()).isNull();
    assertThat(of("CN=a", "URI:spiffe://example.org/a/").spiffe()).isNull();
  }

  @Test
  void noMoreNamesAreKeptThanAnybodyNeeds() {
    String[] many = IntStream.range(0, 200).mapToObj(i -> "DNS:h" + i).toArray(String[]::new);

    assertThat(of("CN=a", many).names(NameKind.DNS)).hasSize(64).startsWith("h0", "h1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://example.org",
        "spiffe://example.org/a",
        "spiffe://127.0.0.1/Service_1/b-c.d",
        "spiffe://a.b_c-d/..."
      })
  void spiffeIdsAreKnown(String text) {
    assertThat(ClientCertificate.isSpiffeId(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe://",
        "spiffe:///a",
        "SPIFFE://example.org/a",
        "https://example.org/a",
        "spiffe://Example.org/a",
        "spiffe://example.org:8443/a",
        "spiffe://user@example.org/a",
        "spiffe://example.org/",
        "spiffe://example.org/a/",
        "spiffe://example.org/a//b",
        "spiffe://example.org/a/./b",
        "spiffe://example.org/a/../b",
        "spiffe://example.org/a%2Fb",
        "spiffe://example.org/a?b",
        "spiffe://example.org/a#b",
        "spiffe://example.org/\u00e4"
      })
  void whatOnlyLooksLikeASpiffeIdIsNone(String text) {
    assertThat(ClientCertificate.isSpiffeId(text)).isFalse();
  }

  @Test
  void noSpiffeIdIsLongerThanItMayBe() {
    assertThat(ClientCertificate.isSpiffeId("spiffe://a/" + "b".repeat(2037))).isTrue();
    assertThat(ClientCertificate.isSpiffeId("spiffe://a/" + "b".repeat(2038))).isFalse();
    assertThat(ClientCertificate.isSpiffeId("spiffe://" + "a".repeat(256))).isFalse();
  }

  @FuzzTest
  void aSpiffeIdIsAUriWithNothingButATrustDomainAndAPath(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (ClientCertificate.isSpiffeId(text)) {
      URI uri = URI.create(text);
      assertThat(uri.getScheme()).isEqualTo("spiffe");
      assertThat(uri.getRawAuthority()).isEqualTo(uri.getRawAuthority().strip()).isLowerCase();
      assertThat(uri.getRawUserInfo()).isNull();
      assertThat(uri.getRawQuery()).isNull();
      assertThat(uri.normalize()).isEqualTo(uri);
    }
  }
}
