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
 * @param host the address to listen on
 */
public record OriginOptions(
    @Nullable SSLContext tls,
    boolean requireClientCertificate,
    List<String> applicationProtocols,
    int keepBodyBytes,
    int receiveBufferBytes,
    String host) {

  public static OriginOptions plain() {
    return new OriginOptions(null, false, List.of(), 4 * 1024 * 1024, 0, "127.0.0.1");
  }

  public static OriginOptions tls(SSLContext context) {
    return plain().withTls(context);
  }

  public OriginOptions withTls(SSLContext context) {
    return new OriginOptions(
        context,
        requireClientCertificate,
        applicationProtocols,
        keepBodyBytes,
        receiveBufferBytes,
        host);
  }

  /** The context must trust the clients' authority: see {@code Identity.serverContext(ca)}. */
  public OriginOptions requiringClientCertificate() {
    return new OriginOptions(
        tls, true, applicationProtocols, keepBodyBytes, receiveBufferBytes, host);
  }

  public OriginOptions withApplicationProtocols(String... protocols) {
    return new OriginOptions(
        tls, requireClientCertificate, List.of(protocols), keepBodyBytes, receiveBufferBytes, host);
  }

  public OriginOptions keepingBodyBytes(int bytes) {
    return new OriginOptions(
        tls, requireClientCertificate, applicationProtocols, bytes, receiveBufferBytes, host);
  }

  public OriginOptions withReceiveBuffer(int bytes) {
    return new OriginOptions(
        tls, requireClientCertificate, applicationProtocols, keepBodyBytes, bytes, host);
  }

  /** On every address of this machine, IPv4 alone: all of 127.0.0.0/8 leads here. */
  public OriginOptions onEveryAddress() {
    return new OriginOptions(
        tls,
        requireClientCertificate,
        applicationProtocols,
        keepBodyBytes,
        receiveBufferBytes,
        "0.0.0.0");
  }
}
