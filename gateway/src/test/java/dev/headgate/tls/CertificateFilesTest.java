package dev.headgate.tls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.pem.Pem;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Identity;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
  private final Certificates ca = Certificates.authority();
  @TempDir Path directory;

  private CertificateFiles files() {
    return new CertificateFiles(directory, Instant.now());
  }

  private static List<String> reasons(CertificateFiles files) {
    return files.findings().stream().map(Finding::reason).toList();
  }

  private void write(Identity identity) throws IOException {
    identity.writeTo(directory, "api");
  }

  private static final Instant IN_A_YEAR = Instant.now().plus(Duration.ofDays(365));
  private static final KeyPair API = new KeyPair("api.pem", "api.key");

  @Test
  void readsAChainAndItsKey() throws IOException {
    write(ca.intermediate().server("api.example.com", "*.API.example.com"));
    CertificateFiles files = files();
    KeyMaterial material = requireNonNull(files.keyMaterial(API));
    assertThat(files.findings()).isEmpty();
    assertThat(material.chain()).hasSize(2);
    assertThat(material.names()).containsExactly("api.example.com", "*.api.example.com");
    assertThat(material.key().getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void readsAnRsaKey() throws IOException {
    write(ca.withRsaKeys().server("api.example.com"));
    assertThat(requireNonNull(files().keyMaterial(API)).key().getAlgorithm()).isEqualTo("RSA");
  }

  @Test
  void readsAnEd25519Key() throws Exception {
    var bundle =
        new CertificateBuilder()
            .subject("CN=ed")
            .algorithm(Algorithm.ed25519)
            .notAfter(IN_A_YEAR)
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Files.writeString(directory.resolve("api.pem"), bundle.getCertificatePathPEM());
    Files.writeString(directory.resolve("api.key"), bundle.getPrivateKeyPEM());
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNotNull();
    assertThat(files.findings()).isEmpty();
  }

  @Test
  void reportsBothFilesWhenBothAreMissing() {
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.file_missing", "tls.file_missing");
    assertThat(files.findings().get(1).file()).isEqualTo(directory.resolve("api.key"));
  }

  @Test
  void refusesAnotherCertificatesKey() throws IOException {
    write(ca.server("api.example.com"));
    Files.writeString(directory.resolve("api.key"), ca.server("other.example.com").keyPem());
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.key_mismatch");
  }

  @Test
  void refusesAKeyOfAnotherKind() throws IOException {
    write(ca.server("api.example.com"));
    Files.writeString(
        directory.resolve("api.key"), ca.withRsaKeys().server("api.example.com").keyPem());
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.key_mismatch");
  }

  @Test
  void reportsAnExpiredCertificateAndStillHandsItOver() throws IOException {
    write(ca.expired("api.example.com"));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNotNull();
    assertThat(reasons(files)).containsExactly("tls.certificate_expired");
    assertThat(files.findings().getFirst().isError()).isTrue();
  }

  @Test
  void reportsACertificateThatBeginsLater() throws IOException {
    write(ca.notYetValid("api.example.com"));
    CertificateFiles files = files();
    files.keyMaterial(API);
    assertThat(reasons(files)).containsExactly("tls.certificate_not_yet_valid");
  }

  @Test
  void warnsThirtyDaysBeforeTheEnd() throws IOException {
    write(ca.expiringIn(Duration.ofDays(29), "api.example.com"));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNotNull();
    assertThat(reasons(files)).containsExactly("tls.certificate_expires_soon");
    assertThat(files.findings().getFirst().isError()).isFalse();

    write(ca.expiringIn(Duration.ofDays(31), "api.example.com"));
    CertificateFiles later = files();
    later.keyMaterial(API);
    assertThat(later.findings()).isEmpty();
  }

  @Test
  void warnsOfAChainOutOfOrder() throws IOException {
    Identity identity = ca.server("api.example.com");
    write(identity);
    Files.writeString(
        directory.resolve("api.pem"),
        identity.chainPem() + Certificates.authority().server("x.example.com").chainPem());
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNotNull();
    assertThat(reasons(files)).containsExactly("tls.chain_order");
  }

  @Test
  void refusesAWeakRsaKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    var root =
        new CertificateBuilder()
            .subject("CN=r")
            .setIsCertificateAuthority(true)
            .notAfter(IN_A_YEAR)
            .buildSelfSigned();
    var pair = generator.generateKeyPair();
    var weak =
        new CertificateBuilder()
            .subject("CN=w")
            .notAfter(IN_A_YEAR)
            .publicKey(pair.getPublic())
            .buildIssuedBy(root);
    Files.writeString(directory.resolve("api.pem"), weak.getCertificatePEM());
    Files.writeString(
        directory.resolve("api.key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.key_weak");
  }

  @Test
  void reportsAFileWithoutACertificate() throws IOException {
    write(ca.server("api.example.com"));
    Files.writeString(directory.resolve("api.pem"), "not a certificate\n");
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.certificate_missing");
  }

  @Test
  void reportsABrokenCertificate() throws IOException {
    write(ca.server("api.example.com"));
    Files.writeString(
        directory.resolve("api.pem"), pem("CERTIFICATE", new byte[] {48, 3, 2, 1, 1}));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.certificate_unreadable");
  }

  @Test
  void saysNothingOfABrokenKeysContent() throws IOException {
    Identity identity = ca.server("api.example.com");
    write(identity);
    Files.writeString(
        directory.resolve("api.key"),
        identity.keyPem().replaceFirst("KEY-----\\RM", "KEY-----\n*"));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.file_unreadable");
    assertThat(files.findings().getFirst().text()).isEqualTo("has a block that is not base64");
  }

  @Test
  void saysHowToDecryptAnEncryptedKey() throws IOException {
    write(ca.server("api.example.com"));
    Files.writeString(
        directory.resolve("api.key"), pem("ENCRYPTED PRIVATE KEY", new byte[] {48, 0}));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.key_unreadable");
    assertThat(files.findings().getFirst().text()).contains("openssl pkey");
  }

  @Test
  void readsAnOldRsaKey() throws IOException {
    Identity identity = ca.withRsaKeys().server("api.example.com");
    write(identity);
    Files.writeString(
        directory.resolve("api.key"), pem("RSA PRIVATE KEY", inner(identity.privateKey())));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNotNull();
    assertThat(files.findings()).isEmpty();
  }

  @Test
  void readsAnOldEcKeyThatNamesItsCurve() throws IOException {
    Identity identity = ca.server("api.example.com");
    write(identity);
    byte[] sec1 = inner(identity.privateKey());
    // The version and the number come first; then [0] with the name of P-256.
    byte[] curve = {(byte) 0xa0, 10, 6, 8, 42, (byte) 0x86, 72, (byte) 0xce, 61, 3, 1, 7};
    byte[] named = Arrays.copyOf(sec1, 2 + 3 + 34 + curve.length);
    System.arraycopy(curve, 0, named, 2 + 3 + 34, curve.length);
    named[1] = (byte) (named.length - 2);
    Files.writeString(
        directory.resolve("api.key"),
        pem("EC PARAMETERS", new byte[] {6, 1, 1}) + pem("EC PRIVATE KEY", named));
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNotNull();
    assertThat(files.findings()).isEmpty();
  }

  @Test
  void neverThrowsOnACutOldKey() throws IOException {
    Identity identity = ca.server("api.example.com");
    write(identity);
    byte[] sec1 = inner(identity.privateKey());
    for (int length = 0; length < sec1.length; length++) {
      Files.writeString(
          directory.resolve("api.key"), pem("EC PRIVATE KEY", Arrays.copyOf(sec1, length)));
      CertificateFiles files = files();
      assertThat(files.keyMaterial(API)).isNull();
      assertThat(reasons(files)).containsExactly("tls.key_unreadable");
    }
  }

  @Test
  void refusesAFileThatNeverEnds() throws IOException {
    write(ca.server("api.example.com"));
    Files.write(directory.resolve("api.pem"), new byte[Pem.MAX_BYTES + 1]);
    CertificateFiles files = files();
    assertThat(files.keyMaterial(API)).isNull();
    assertThat(reasons(files)).containsExactly("tls.file_unreadable");
  }

  /** What a PKCS #8 envelope holds: the last element, an octet string. */
  private static byte[] inner(PrivateKey key) {
    byte[] der = key.getEncoded();
    int content = der[1] >= 0 ? der[1] : (der[2] & 0xff) << 8 | der[3] & 0xff;
    int at = der.length - content + 3;
    at += 2 + der[at + 1];
    at += der[at + 1] >= 0 ? 2 : 2 + (der[at + 1] & 0x7f);
    return Arrays.copyOfRange(der, at, der.length);
  }

  private static String pem(String label, byte[] der) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
