package dev.headgate.tls;

import dev.headgate.config.Listener;
import dev.headgate.config.ServerTls;
import java.time.Duration;
import java.util.List;

/**
 * What a listener wants of TLS.
 *
 * @param listener its name; sessions are never resumed on another listener
 * @param protocols what ALPN may choose from
 * @param handshakeTimeout after which an unfinished handshake closes the connection
 */
public record ServerTlsSettings(
    String listener, ServerTls tls, List<Listener.Protocol> protocols, Duration handshakeTimeout) {
  public ServerTlsSettings {
    protocols = List.copyOf(protocols);
  }

  /**
   * @throws IllegalArgumentException if the listener has no TLS
   */
  public static ServerTlsSettings of(String name, Listener listener) {
    ServerTls tls = listener.tls();
    if (tls == null) {
      throw new IllegalArgumentException(name + " has no TLS");
    }
    return new ServerTlsSettings(
        name, tls, listener.protocols(), listener.limits().headerTimeout());
  }

  /** Client certificates are asked for. */
  boolean asksClients() {
    return tls.clients().mode() != ServerTls.Mode.NONE;
  }
}
