package dev.headgate.tls;

import io.netty.handler.ssl.ResumableX509ExtendedTrustManager;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Which client certificates a listener believes: those of its authorities, and while they are
 * valid. A resumed session skips the check of the chain, so the dates are looked at again then.
 */
public final class ClientTrust extends X509ExtendedTrustManager
    implements ResumableX509ExtendedTrustManager {
  private final X509ExtendedTrustManager chainCheck;

  private ClientTrust(X509ExtendedTrustManager chainCheck) {
    this.chainCheck = chainCheck;
  }

  static ClientTrust of(List<X509Certificate> authorities) throws GeneralSecurityException {
    return new ClientTrust(trustManager(authorities));
  }

  /**
   * Checks a chain as the handshake would, without one.
   *
   * @throws CertificateException if a listener with these authorities does not believe it
   */
  public static void check(List<X509Certificate> chain, List<X509Certificate> authorities)
      throws CertificateException {
    try {
      of(authorities)
          .checkClientTrusted(
              chain.toArray(X509Certificate[]::new),
              chain.getFirst().getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException(e);
    }
  }

  /** The JDK's check of a chain against these authorities and no others. */
  static X509ExtendedTrustManager trustManager(List<X509Certificate> authorities)
      throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    chainCheck.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    chainCheck.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    chainCheck.checkClientTrusted(chain, type);
  }

  @Override
  public void resumeClientTrusted(X509Certificate[] chain, SSLEngine engine)
      throws CertificateException {
    for (X509Certificate certificate : chain) {
      certificate.checkValidity();
    }
  }

  @Override
  public void resumeServerTrusted(X509Certificate[] chain, SSLEngine engine)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw notAClient();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chainCheck.getAcceptedIssuers();
  }

  private static CertificateException notAClient() {
    return new CertificateException("a listener trusts clients only");
  }
}
