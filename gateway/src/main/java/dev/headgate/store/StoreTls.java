package dev.headgate.store;

import dev.headgate.config.Store;
import dev.headgate.tls.CertificateFiles;
import dev.headgate.tls.KeyMaterial;
import io.lettuce.core.SslOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads what TLS towards a store needs. Blocks on the disk, so never on a loop. */
final class StoreTls {
  private StoreTls() {}

  /**
   * Reads the files, or the system's authorities.
   *
   * @param now the time at which certificates must be valid
   */
  static SslOptions open(Store.Tls tls, Instant now) throws IOException, GeneralSecurityException {
    CertificateFiles files = new CertificateFiles(Path.of("/"), now);
    SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
    if (tls.verify()) {
      options.trustManager(trust(tls.ca() == null ? null : files.authorities(tls.ca()), files));
    }
    if (tls.certificate() != null) {
      KeyMaterial material = files.keyMaterial(tls.certificate());
      if (material == null) {
        throw new IOException(files.findings().toString());
      }
      options.keyManager(keys(material));
    }
    return options.build();
  }

  private static TrustManagerFactory trust(
      @Nullable List<X509Certificate> authorities, CertificateFiles files)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    if (authorities == null) {
      trust.init((KeyStore) null);
      return trust;
    }
    if (authorities.isEmpty()) {
      throw new IOException(files.findings().toString());
    }
    KeyStore store = empty();
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry(Integer.toString(store.size()), authority);
    }
    trust.init(store);
    return trust;
  }

  private static KeyManagerFactory keys(KeyMaterial material)
      throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    char[] none = {};
    store.setKeyEntry(
        "own", material.key(), none, material.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, none);
    return keys;
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
