package dev.headgate.tls;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A certificate chain and the private key of its first certificate, which are known to fit.
 *
 * @param chain the server's or client's own certificate, then its intermediates; never empty
 */
public record KeyMaterial(List<X509Certificate> chain, PrivateKey key) {
  /** Subject alternative names of type dNSName in {@link X509Certificate}. */
  private static final int DNS_NAME = 2;

  public KeyMaterial {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a chain has at least one certificate");
    }
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** When the certificate itself ends. */
  public Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  /** The subject as RFC 2253 writes it; may be empty, as the names are what counts. */
  public String subject() {
    return certificate().getSubjectX500Principal().getName();
  }

  /**
   * The DNS names of the certificate in lower case, wildcards as they are. The common name is not
   * one of them: no current client looks at it (RFC 9525).
   */
  public List<String> names() {
    try {
      Collection<List<?>> alternatives = certificate().getSubjectAlternativeNames();
      if (alternatives == null) {
        return List.of();
      }
      List<String> names = new ArrayList<>();
      for (List<?> alternative : alternatives) {
        if (alternative.get(0) instanceof Integer type
            && type == DNS_NAME
            && alternative.get(1) instanceof String name) {
          names.add(name.toLowerCase(Locale.ROOT));
        }
      }
      return List.copyOf(names);
    } catch (CertificateParsingException e) {
      // A certificate whose names cannot be read can still be the fallback.
      return List.of();
    }
  }

  @Override
  public String toString() {
    return "KeyMaterial[" + subject() + " " + names() + " until " + notAfter() + "]";
  }
}
