package dev.headgate.testkit;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of a test's own, and what it issues.
 *
 * <pre>{@code
 * var ca = Certificates.authority();
 * Identity server = ca.server("api.example.com", "127.0.0.1");
 * PemFiles files = server.writeTo(tempDir, "api");                 // files.chain(), files.key()
 * Path trusted = ca.writeTo(tempDir, "ca");
 * RawClient.connectTls(port, ca.trustingContext(), "api.example.com");
 * ScriptedOrigin.start(OriginOptions.tls(server.serverContext()), script);
 * ca.expired("old.example.com"); ca.expiringIn(Duration.ofDays(3), "soon.example.com");
 * ca.withRsaKeys().server("rsa.example.com"); ca.client("partner-7");
 * }</pre>
 */
public final class Certificates {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final Duration VALIDITY = Duration.ofDays(365);

  private final X509Bundle issuer;
  private final Algorithm algorithm;
  private final Clock clock;

  private Certificates(X509Bundle issuer, Algorithm algorithm, Clock clock) {
    this.issuer = issuer;
    this.algorithm = algorithm;
    this.clock = clock;
  }

  /** A new root that issues EC (P-256) certificates. */
  public static Certificates authority() {
    return authority(Clock.systemUTC());
  }

  /** A root whose certificates' validity is counted from that clock. */
  public static Certificates authority(Clock clock) {
    Instant now = clock.instant();
    CertificateBuilder builder =
        new CertificateBuilder()
            .subject("CN=Headgate test root " + UUID.randomUUID())
            .algorithm(Algorithm.ecp256)
            .notBefore(now.minus(VALIDITY))
            .notAfter(now.plus(VALIDITY.multipliedBy(2)))
            .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign)
            .setIsCertificateAuthority(true);
    return new Certificates(build(builder, null), Algorithm.ecp256, clock);
  }

  /** The same authority, its further certificates with RSA 2048 keys. */
  public Certificates withRsaKeys() {
    return new Certificates(issuer, Algorithm.rsa2048, clock);
  }

  /** An authority under this one: what it issues has a chain of two. */
  public Certificates intermediate() {
    CertificateBuilder builder =
        builder("CN=Headgate test intermediate")
            .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign)
            .setIsCertificateAuthority(true);
    return new Certificates(build(builder, issuer), algorithm, clock);
  }

  /** For those DNS names (wildcards too) and IP addresses. */
  public Identity server(String... names) {
    Instant now = clock.instant();
    return server(now.minus(Duration.ofDays(1)), now.plus(VALIDITY), names);
  }

  /** Whose validity ended yesterday. */
  public Identity expired(String... names) {
    Instant now = clock.instant();
    return server(now.minus(Duration.ofDays(90)), now.minus(Duration.ofDays(1)), names);
  }

  /** Whose validity begins tomorrow. */
  public Identity notYetValid(String... names) {
    Instant now = clock.instant();
    return server(now.plus(Duration.ofDays(1)), now.plus(VALIDITY), names);
  }

  public Identity expiringIn(Duration left, String... names) {
    Instant now = clock.instant();
    return server(now.minus(Duration.ofDays(60)), now.plus(left), names);
  }

  public Identity server(Instant notBefore, Instant notAfter, String... names) {
    CertificateBuilder builder =
        builder("CN=" + names[0])
            .notBefore(notBefore)
            .notAfter(notAfter)
            .addExtendedKeyUsageServerAuth()
            .addExtensionOctetString(SUBJECT_ALTERNATIVE_NAME, false, encoded(names));
    return new Identity(build(builder, issuer));
  }

  /** The extension by hand: the builder's own methods refuse wildcards. */
  private static byte[] encoded(String... names) {
    GeneralName[] general = new GeneralName[names.length];
    for (int i = 0; i < names.length; i++) {
      boolean address = ADDRESS.matcher(names[i]).matches();
      general[i] = new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, names[i]);
    }
    return encoded(general);
  }

  private static byte[] encoded(GeneralName... names) {
    try {
      return new GeneralNames(names).getEncoded("DER");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A client certificate with {@code CN=commonName}. */
  public Identity client(String commonName) {
    return new Identity(build(builder("CN=" + commonName).addExtendedKeyUsageClientAuth(), issuer));
  }

  /**
   * A client certificate with that subject and those alternative names.
   *
   * @param subject as in {@code CN=acme,O=Partners}
   * @param names each with its kind, as in {@code DNS:acme.example}, {@code URI:spiffe://a/b},
   *     {@code EMAIL:ada@example.com} or {@code IP:192.0.2.7}
   */
  public Identity clientNamed(String subject, String... names) {
    Instant now = clock.instant();
    return clientNamed(now.plus(VALIDITY), subject, names);
  }

  /** The same, valid until then. */
  public Identity clientNamed(Instant notAfter, String subject, String... names) {
    CertificateBuilder builder =
        builder(subject)
            .notBefore(notAfter.minus(VALIDITY))
            .notAfter(notAfter)
            .addExtendedKeyUsageClientAuth();
    if (names.length > 0) {
      GeneralName[] general = new GeneralName[names.length];
      for (int i = 0; i < names.length; i++) {
        int colon = names[i].indexOf(':');
        int kind =
            switch (names[i].substring(0, colon)) {
              case "DNS" -> GeneralName.dNSName;
              case "URI" -> GeneralName.uniformResourceIdentifier;
              case "EMAIL" -> GeneralName.rfc822Name;
              case "IP" -> GeneralName.iPAddress;
              case String other -> throw new IllegalArgumentException(other);
            };
        general[i] = new GeneralName(kind, names[i].substring(colon + 1));
      }
      builder.addExtensionOctetString(SUBJECT_ALTERNATIVE_NAME, false, encoded(general));
    }
    return new Identity(build(builder, issuer));
  }

  private CertificateBuilder builder(String subject) {
    Instant now = clock.instant();
    return new CertificateBuilder()
        .subject(subject)
        .algorithm(algorithm)
        .notBefore(now.minus(Duration.ofDays(1)))
        .notAfter(now.plus(VALIDITY));
  }

  private static X509Bundle build(CertificateBuilder builder, @Nullable X509Bundle issuer) {
    try {
      return issuer == null ? builder.buildSelfSigned() : builder.buildIssuedBy(issuer);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** The root's certificate. */
  public String pem() {
    return issuer.getRootCertificatePEM();
  }

  /** Writes the root's certificate to {@code NAME.pem}. */
  public Path writeTo(Path directory, String name) throws IOException {
    return Files.writeString(directory.resolve(name + ".pem"), pem());
  }

  /** For clients: trusts this authority alone. */
  public SSLContext trustingContext() {
    return Identity.context(null, issuer.toTrustManagerFactory());
  }

  /** For clients: trusts this authority alone and presents that certificate where asked. */
  public SSLContext trustingContext(Identity client) {
    return Identity.context(client, issuer.toTrustManagerFactory());
  }

  /** For clients that look at any certificate, an expired one too. Never verifies. */
  public static SSLContext trustingAnything() {
    return Identity.context(null, InsecureTrustManagerFactory.INSTANCE);
  }

  /** The same, and presents that certificate where asked, whoever the server says it trusts. */
  public static SSLContext trustingAnything(Identity client) {
    return client.insistingContext(InsecureTrustManagerFactory.INSTANCE);
  }

  /** For origins: trusts client certificates of this authority. */
  TrustManagerFactory trust() throws GeneralSecurityException {
    return issuer.toTrustManagerFactory();
  }
}
