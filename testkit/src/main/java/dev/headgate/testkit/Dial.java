package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a client connects, for {@link RawClient} and the HTTP/2 client alike.
 *
 * <pre>{@code
 * Dial.port(port).from("127.0.0.2").prefix("PROXY TCP4 192.0.2.7 192.0.2.1 5000 443\r\n")
 *     .tls(ca.trustingContext(), "api.example.com")
 * }</pre>
 */
public final class Dial {
  private final int port;
  private String host = "127.0.0.1";
  private @Nullable String from;
  private byte[] prefix = new byte[0];
  private Duration timeout = Duration.ofSeconds(10);
  private int receiveBufferBytes;
  private @Nullable SSLContext tls;
  private @Nullable String serverName;
  private List<String> applicationProtocols = List.of();
  private List<String> tlsVersions = List.of();
  private boolean resuming;

  private Dial(int port) {
    this.port = port;
  }

  /** To that port of 127.0.0.1. */
  public static Dial port(int port) {
    return new Dial(port);
  }

  public Dial host(String host) {
    this.host = host;
    return this;
  }

  /** Binds the client's own address: another one of 127.0.0.0/8 passes for another client. */
  public Dial from(String localAddress) {
    this.from = localAddress;
    return this;
  }

  /** Bytes sent before anything else, the TLS handshake included: a PROXY protocol header. */
  public Dial prefix(byte[] bytes) {
    this.prefix = bytes.clone();
    return this;
  }

  public Dial prefix(String latin1) {
    return prefix(latin1.getBytes(ISO_8859_1));
  }

  /** How long connecting and every single read may take; 10 seconds unless told. */
  public Dial timeout(Duration timeout) {
    this.timeout = timeout;
    return this;
  }

  /** A small kernel buffer lets a reader that does not read be felt early. */
  public Dial receiveBuffer(int bytes) {
    this.receiveBufferBytes = bytes;
    return this;
  }

  /**
   * TLS; the context decides whom to trust, and {@code serverName} is sent as SNI, null for none.
   */
  public Dial tls(SSLContext context, @Nullable String serverName) {
    this.tls = context;
    this.serverName = serverName;
    return this;
  }

  /** What ALPN offers, in order of preference. */
  public Dial applicationProtocols(String... protocols) {
    this.applicationProtocols = List.of(protocols);
    return this;
  }

  /** Restricts the handshake, {@code "TLSv1.2"} for example. */
  public Dial tlsVersions(String... versions) {
    this.tlsVersions = List.of(versions);
    return this;
  }

  /**
   * Offers the latest session that the same context has with the same server name and port. Without
   * this every handshake is a full one. A TLS 1.3 ticket arrives with the first bytes that are
   * read.
   */
  public Dial resuming() {
    this.resuming = true;
    return this;
  }

  boolean offersNoApplicationProtocol() {
    return applicationProtocols.isEmpty();
  }

  public boolean isTls() {
    return tls != null;
  }

  public Duration timeout() {
    return timeout;
  }

  /** Connects, sends the prefix and shakes hands. */
  public Wire open() throws IOException {
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      if (receiveBufferBytes > 0) {
        plain.setReceiveBufferSize(receiveBufferBytes);
      }
      if (from != null) {
        plain.bind(new InetSocketAddress(from, 0));
      }
      int millis = Math.toIntExact(timeout.toMillis());
      plain.connect(new InetSocketAddress(host, port), millis);
      plain.setSoTimeout(millis);
      plain.getOutputStream().write(prefix);
      if (tls == null) {
        return new Wire(plain, plain, false);
      }
      SSLSocket socket = handshake(plain, tls);
      return new Wire(plain, socket, isResumed(socket.getSession()));
    } catch (IOException | RuntimeException failure) {
      plain.close();
      throw failure;
    }
  }

  private SSLSocket handshake(Socket plain, SSLContext context) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(plain, resuming ? serverName : null, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    if (serverName != null) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    if (!applicationProtocols.isEmpty()) {
      parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
    }
    if (!tlsVersions.isEmpty()) {
      parameters.setProtocols(tlsVersions.toArray(String[]::new));
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** A resumed session keeps the values of the one it goes back to. */
  private static boolean isResumed(SSLSession session) {
    boolean seen = session.getValue(Dial.class.getName()) != null;
    session.putValue(Dial.class.getName(), true);
    return seen;
  }
}
