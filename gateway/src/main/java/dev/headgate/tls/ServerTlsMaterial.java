package dev.headgate.tls;

import dev.headgate.config.ServerTls;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read from a listener's files.
 *
 * @param certificates one for each of the configuration's, in its order
 * @param clientAuthorities who may issue client certificates; empty if none are asked for
 */
public record ServerTlsMaterial(
    List<KeyMaterial> certificates, List<X509Certificate> clientAuthorities) {
  public ServerTlsMaterial {
    certificates = List.copyOf(certificates);
    clientAuthorities = List.copyOf(clientAuthorities);
  }

  /**
   * Reads all files of a listener.
   *
   * @return null if anything that is needed cannot be used; the reasons are in the files' findings
   */
  public static @Nullable ServerTlsMaterial read(ServerTls tls, CertificateFiles files) {
    return read(tls, files, null);
  }

  /**
   * Reads all files, and keeps what is in use for each certificate that has become bad: one broken
   * file does not keep the others from being renewed.
   */
  static @Nullable ServerTlsMaterial read(
      ServerTls tls, CertificateFiles files, @Nullable ServerTlsMaterial inUse) {
    List<KeyMaterial> certificates = new ArrayList<>();
    boolean complete = !tls.certificates().isEmpty();
    for (int i = 0; i < tls.certificates().size(); i++) {
      int errors = files.errors();
      KeyMaterial material = files.keyMaterial(tls.certificates().get(i));
      if (inUse != null && files.errors() > errors) {
        material = inUse.certificates().get(i);
      }
      if (material == null) {
        complete = false;
      } else {
        certificates.add(material);
      }
    }
    List<X509Certificate> authorities = List.of();
    String ca = tls.clients().ca();
    if (tls.clients().mode() != ServerTls.Mode.NONE) {
      authorities = ca == null ? List.of() : files.authorities(ca);
      if (authorities.isEmpty() && inUse != null) {
        authorities = inUse.clientAuthorities();
      }
      complete &= !authorities.isEmpty();
    }
    return complete ? new ServerTlsMaterial(certificates, authorities) : null;
  }
}
