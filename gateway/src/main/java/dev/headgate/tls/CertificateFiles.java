package dev.headgate.tls;

import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.pem.Pem;
import dev.headgate.pem.PrivateKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads and checks certificate and key files. Everything wrong is reported at once; nothing is
 * thrown. Blocks on the disk, so it never runs on an event loop.
 */
public final class CertificateFiles {
  /** A certificate that ends sooner than this is worth a warning. */
  public static final Duration EXPIRY_NOTICE = Duration.ofDays(30);

  private static final int MIN_RSA_BITS = 2048;
  private static final byte[] PROBE =
      "does this key belong to this certificate?"
          .getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final Path directory;
  private final Instant now;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param directory what relative paths are relative to
   * @param now the time against which validity is judged
   */
  public CertificateFiles(Path directory, Instant now) {
    this.directory = directory;
    this.now = now;
  }

  /** What was found so far, in the order of reading. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  Path directory() {
    return directory;
  }

  /** Notes that the library made no context of what was read. */
  void refused(Exception e) {
    findings.add(
        Finding.error("tls.refused", null, "the TLS library refuses these settings: " + text(e)));
  }

  int errors() {
    return (int) findings.stream().filter(Finding::isError).count();
  }

  /** Where a path of the configuration really is. */
  public Path resolve(String path) {
    return directory.resolve(path);
  }

  /**
   * Reads a chain and its key.
   *
   * @return the material, also when the certificate is expired or not yet valid (an error that the
   *     caller may choose to live with); null if it cannot be used at all
   */
  public @Nullable KeyMaterial keyMaterial(KeyPair files) {
    Path chainFile = resolve(files.chain());
    Path keyFile = resolve(files.key());
    List<X509Certificate> chain = certificates(chainFile);
    PrivateKey key = privateKey(keyFile);
    if (chain.isEmpty()) {
      return null;
    }
    checkValidity(chain, chainFile);
    checkOrder(chain, chainFile);
    boolean strong = checkStrength(chain.getFirst(), chainFile);
    if (key == null || !strong) {
      return null;
    }
    if (!belongs(key, chain.getFirst().getPublicKey())) {
      findings.add(
          Finding.error(
              "tls.key_mismatch",
              keyFile,
              "is not the key of the first certificate in " + chainFile));
      return null;
    }
    return new KeyMaterial(chain, key);
  }

  /**
   * Reads the certificates of authorities. Their order has no meaning; expired ones are reported
   * and left out.
   *
   * @return empty if there is none
   */
  public List<X509Certificate> authorities(String path) {
    Path file = resolve(path);
    List<X509Certificate> valid = new ArrayList<>();
    for (X509Certificate authority : certificates(file)) {
      if (authority.getNotAfter().toInstant().isBefore(now)) {
        findings.add(
            Finding.warning(
                "tls.ca_expired",
                file,
                "has an expired authority, which is left out: " + name(authority)));
      } else {
        valid.add(authority);
      }
    }
    return List.copyOf(valid);
  }

  /** Reads the certificates of a file, in its order; empty if there is none. */
  public List<X509Certificate> certificates(Path file) {
    Pem pem = read(file);
    if (pem == null) {
      return List.of();
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Pem.Block block : pem.blocks()) {
        if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
          if (factory.generateCertificate(new ByteArrayInputStream(block.der()))
              instanceof X509Certificate certificate) {
            certificates.add(certificate);
          }
        }
      }
    } catch (CertificateException e) {
      findings.add(
          Finding.error(
              "tls.certificate_unreadable",
              file,
              "has a certificate that cannot be read: number " + (certificates.size() + 1)));
      return List.of();
    }
    if (certificates.isEmpty()) {
      findings.add(
          Finding.error(
              "tls.certificate_missing",
              file,
              "has no certificate: a PEM file with BEGIN CERTIFICATE is needed"));
    }
    return certificates;
  }

  private @Nullable PrivateKey privateKey(Path file) {
    Pem pem = read(file);
    if (pem == null) {
      return null;
    }
    for (Pem.Block block : pem.blocks()) {
      if (PrivateKeys.isKey(block.label())) {
        try {
          return PrivateKeys.decode(block);
        } catch (InvalidKeyException e) {
          findings.add(Finding.error("tls.key_unreadable", file, text(e)));
          return null;
        }
      }
    }
    findings.add(
        Finding.error(
            "tls.key_missing",
            file,
            "has no private key: a PEM file with BEGIN PRIVATE KEY is needed"));
    return null;
  }

  private @Nullable Pem read(Path file) {
    try {
      return Pem.read(file);
    } catch (NoSuchFileException e) {
      findings.add(Finding.error("tls.file_missing", file, "does not exist"));
    } catch (AccessDeniedException e) {
      findings.add(Finding.error("tls.file_unreadable", file, "may not be read by this process"));
    } catch (IOException e) {
      findings.add(Finding.error("tls.file_unreadable", file, text(e)));
    }
    return null;
  }

  private void checkValidity(List<X509Certificate> chain, Path file) {
    for (int i = 0; i < chain.size(); i++) {
      X509Certificate certificate = chain.get(i);
      Instant notBefore = certificate.getNotBefore().toInstant();
      Instant notAfter = certificate.getNotAfter().toInstant();
      if (notAfter.isBefore(now)) {
        String text = "has a certificate that expired at " + notAfter + ": " + name(certificate);
        // Clients may know another way round an expired intermediate, but none round the first.
        findings.add(
            i == 0
                ? Finding.error("tls.certificate_expired", file, text)
                : Finding.warning("tls.intermediate_expired", file, text));
      } else if (notBefore.isAfter(now)) {
        String text =
            "has a certificate that begins only at " + notBefore + ": " + name(certificate);
        findings.add(Finding.error("tls.certificate_not_yet_valid", file, text));
      } else if (notAfter.isBefore(now.plus(EXPIRY_NOTICE))) {
        String text =
            String.format(
                Locale.ROOT,
                "has a certificate that ends in %d days, at %s: %s",
                Duration.between(now, notAfter).toDays(),
                notAfter,
                name(certificate));
        findings.add(Finding.warning("tls.certificate_expires_soon", file, text));
      }
    }
  }

  private void checkOrder(List<X509Certificate> chain, Path file) {
    for (int i = 1; i < chain.size(); i++) {
      X509Certificate below = chain.get(i - 1);
      X509Certificate issuer = chain.get(i);
      if (!below.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
        findings.add(
            Finding.warning(
                "tls.chain_order",
                file,
                "has certificate number "
                    + (i + 1)
                    + " ("
                    + name(issuer)
                    + ") where the issuer of number "
                    + i
                    + " is expected ("
                    + below.getIssuerX500Principal().getName()
                    + ")"));
        return;
      }
    }
  }

  private boolean checkStrength(X509Certificate certificate, Path file) {
    if (certificate.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      findings.add(
          Finding.error(
              "tls.key_weak",
              file,
              "has an RSA key of "
                  + rsa.getModulus().bitLength()
                  + " bits: at least "
                  + MIN_RSA_BITS
                  + " are needed"));
      return false;
    }
    return true;
  }

  /**
   * Signs with the private key and verifies with the public one: true of a pair and nothing else.
   */
  private static boolean belongs(PrivateKey key, PublicKey certified) {
    try {
      Signature signature =
          Signature.getInstance(
              switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                case String other -> other;
              });
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String name(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return subject.isEmpty() ? "serial " + certificate.getSerialNumber().toString(16) : subject;
  }

  private static String text(Exception e) {
    String message = e.getMessage();
    return message == null ? "cannot be read" : message;
  }
}
