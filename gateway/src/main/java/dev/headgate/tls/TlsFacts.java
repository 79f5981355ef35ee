package dev.headgate.tls;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a finished handshake agreed on: for the log, for policies, for the choice of protocol.
 *
 * @param version as in {@code TLSv1.3}
 * @param cipher the suite's name as the JDK writes it
 * @param protocol what ALPN chose, as in {@code h2}; null if the client offered nothing or nothing
 *     known
 * @param serverName the name that the client asked for, in lower case; null if none or if it is not
 *     a host name
 * @param client the client's certificate, verified against the listener's authorities; null if it
 *     showed none
 */
public record TlsFacts(
    String version,
    String cipher,
    @Nullable String protocol,
    @Nullable String serverName,
    @Nullable X509Certificate client) {
  private static final int LONGEST_NAME = 253;

  /** Reads the facts of a listener's connection once its handshake is done. Costs a few calls. */
  public static TlsFacts of(SslHandler handler) {
    SSLSession session = handler.engine().getSession();
    return new TlsFacts(
        session.getProtocol(),
        session.getCipherSuite(),
        handler.applicationProtocol(),
        serverName(session),
        client(handler, session));
  }

  private static @Nullable String serverName(SSLSession session) {
    if (!(session instanceof ExtendedSSLSession extended)) {
      return null;
    }
    List<SNIServerName> names = extended.getRequestedServerNames();
    if (names.isEmpty() || !(names.getFirst() instanceof SNIHostName host)) {
      return null;
    }
    return hostName(host.getAsciiName());
  }

  /** A client may send any bytes as a name: only what can be one goes on to logs. */
  private static @Nullable String hostName(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return null;
    }
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z';
      boolean capital = c >= 'A' && c <= 'Z';
      if (!letter && !capital && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_') {
        return null;
      }
      upper |= capital;
    }
    return upper ? name.toLowerCase(java.util.Locale.ROOT) : name;
  }

  private static @Nullable X509Certificate client(SslHandler handler, SSLSession session) {
    if (!handler.engine().getNeedClientAuth() && !handler.engine().getWantClientAuth()) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate certificate
          ? certificate
          : null;
    } catch (SSLPeerUnverifiedException e) {
      // No certificate was shown, which the listener's mode allows.
      return null;
    }
  }
}
