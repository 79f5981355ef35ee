package dev.headgate.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An open connection, plain or TLS: its bytes both ways and every manner of ending it. */
public final class Wire implements AutoCloseable {
  private final Socket plain;
  private final Socket socket;
  private final boolean resumed;
  private final ByteReader reader;
  private final OutputStream output;

  /** {@code socket} is {@code plain} itself or TLS layered over it, its handshake done. */
  Wire(Socket plain, Socket socket, boolean resumed) throws IOException {
    this.plain = plain;
    this.socket = socket;
    this.resumed = resumed;
    this.reader = new ByteReader(socket.getInputStream());
    this.output = socket.getOutputStream();
  }

  public ByteReader reader() {
    return reader;
  }

  public OutputStream output() {
    return output;
  }

  /** How long one read may wait; zero waits for ever. */
  public void timeout(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
  }

  /** Half-closes: the peer reads the end of the stream, and this side still reads. */
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends the connection with a TCP reset; unread and unsent bytes are gone. */
  public void reset() throws IOException {
    plain.setSoLinger(true, 0);
    plain.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    plain.close();
  }

  public boolean isClosed() {
    return plain.isClosed();
  }

  public int localPort() {
    return plain.getLocalPort();
  }

  /** This side's address without its port. */
  public String localAddress() {
    return plain.getLocalAddress().getHostAddress();
  }

  /** The peer's address without its port. */
  public String peerAddress() {
    return plain.getInetAddress().getHostAddress();
  }

  public boolean isTls() {
    return socket instanceof SSLSocket;
  }

  /** The protocol that ALPN chose, empty where it chose none or the connection is plain. */
  public String applicationProtocol() {
    String chosen = socket instanceof SSLSocket tls ? tls.getApplicationProtocol() : null;
    return chosen == null ? "" : chosen;
  }

  /** {@code TLSv1.3} or {@code TLSv1.2}; empty on a plain connection. */
  public String tlsVersion() {
    return socket instanceof SSLSocket tls ? tls.getSession().getProtocol() : "";
  }

  /** Whether a client's handshake took up an earlier session: see {@link Dial#resuming}. */
  public boolean isResumed() {
    return resumed;
  }

  /** The certificates that the peer presented, leaf first; empty where it presented none. */
  public List<X509Certificate> peerCertificates() {
    if (!(socket instanceof SSLSocket tls)) {
      return List.of();
    }
    try {
      return List.of(tls.getSession().getPeerCertificates()).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException nonePresented) {
      return List.of();
    }
  }

  /** On the accepting side, the server name that the client asked for; null where it named none. */
  public @Nullable String requestedServerName() {
    if (socket instanceof SSLSocket tls && tls.getSession() instanceof ExtendedSSLSession session) {
      return session.getRequestedServerNames().stream()
          .filter(SNIHostName.class::isInstance)
          .map(name -> ((SNIHostName) name).getAsciiName())
          .findFirst()
          .orElse(null);
    }
    return null;
  }
}
