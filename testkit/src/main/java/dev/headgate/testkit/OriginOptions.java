package dev.headgate.testkit;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How an origin listens.
 *
 * @param tls null for plain text
 * @param requireClientCertificate whether a handshake without a client certificate fails
 * @param applicationProtocols what ALPN chooses from, in order of preference; empty for no ALPN
 * @param keepBodyBytes how much of each request body is kept; length and digest cover all of it
 * @param receiveBufferBytes the kernel's buffer for each connection; zero for its own choice
 */
public record OriginOptions(
    @Nullable SSLContext tls,
    boolean requireClientCertificate,
    List<String> applicationProtocols,
    int keepBodyBytes,
    int receiveBufferBytes) {

  public static OriginOptions plain() {
    return new OriginOptions(null, false, List.of(), 4 * 1024 * 1024, 0);
  }

  public static OriginOptions tls(SSLContext context) {
    return plain().withTls(context);
  }

  public OriginOptions withTls(SSLContext context) {
    return new OriginOptions(
        context, requireClientCertificate, applicationProtocols, keepBodyBytes, receiveBufferBytes);
  }

  /** The context must trust the clients' authority: see {@code Identity.serverContext(ca)}. */
  public OriginOptions requiringClientCertificate() {
    return new OriginOptions(tls, true, applicationProtocols, keepBodyBytes, receiveBufferBytes);
  }

  public OriginOptions withApplicationProtocols(String... protocols) {
    return new OriginOptions(
        tls, requireClientCertificate, List.of(protocols), keepBodyBytes, receiveBufferBytes);
  }

  public OriginOptions keepingBodyBytes(int bytes) {
    return new OriginOptions(
        tls, requireClientCertificate, applicationProtocols, bytes, receiveBufferBytes);
  }

  public OriginOptions withReceiveBuffer(int bytes) {
    return new OriginOptions(
        tls, requireClientCertificate, applicationProtocols, keepBodyBytes, bytes);
  }
}
