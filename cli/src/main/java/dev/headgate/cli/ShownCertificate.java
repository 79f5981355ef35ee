package dev.headgate.cli;

import dev.headgate.config.Listener;
import dev.headgate.config.ServerTls;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.Stage;
import dev.headgate.tls.CertificateFiles;
import dev.headgate.tls.ClientTrust;
import dev.headgate.tls.Finding;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the certificate that a client has, in the handshake with a listener.
 *
 * @param certificate what policies see; null if none was asked for or shown
 * @param refused whether the handshake fails
 * @param notes why
 */
record ShownCertificate(
    @Nullable ClientCertificate certificate, boolean refused, List<Explained.Note> notes) {

  /**
   * Reads a certificate and its chain.
   *
   * @throws IllegalArgumentException if there is none in the file
   */
  static List<X509Certificate> read(Path file) {
    CertificateFiles files = new CertificateFiles(Path.of(""), Instant.now());
    List<X509Certificate> chain = files.certificates(file);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException(told(files.findings()));
    }
    return chain;
  }

  private static String told(List<Finding> findings) {
    return findings.stream().map(Finding::toString).collect(Collectors.joining("; "));
  }

  /**
   * Shakes hands, as far as certificates go.
   *
   * @param listener null where there is none
   * @param chain what the client has; empty for nothing
   * @param folder what relative paths start from
   */
  static ShownCertificate to(
      @Nullable Listener listener, List<X509Certificate> chain, Path folder) {
    ServerTls.Clients clients =
        listener == null || listener.tls() == null ? null : listener.tls().clients();
    if (clients == null || clients.mode() == ServerTls.Mode.NONE) {
      return chain.isEmpty()
          ? new ShownCertificate(null, false, List.of())
          : new ShownCertificate(
              null, false, note("the listener asks for no certificate, and sees none"));
    }
    if (chain.isEmpty()) {
      return new ShownCertificate(
          null,
          clients.mode() == ServerTls.Mode.REQUIRED,
          clients.mode() == ServerTls.Mode.REQUIRED
              ? note("the listener wants a certificate: give one with --client-cert FILE")
              : List.of());
    }
    CertificateFiles files = new CertificateFiles(folder, Instant.now());
    try {
      ClientTrust.check(chain, files.authorities(Objects.requireNonNull(clients.ca())));
      ClientCertificate certificate = ClientCertificate.of(chain.getFirst());
      return new ShownCertificate(
          certificate, false, note("a certificate of " + certificate.subject() + " holds"));
    } catch (CertificateException e) {
      return new ShownCertificate(
          null, true, note("the certificate does not hold: " + e.getMessage()));
    }
  }

  private static List<Explained.Note> note(String text) {
    return List.of(new Explained.Note(Stage.ACCEPT, text));
  }
}
