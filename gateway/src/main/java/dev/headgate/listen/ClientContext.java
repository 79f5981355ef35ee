package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Cidr;
import dev.headgate.config.Listener;
import dev.headgate.exchange.Exchange;
import dev.headgate.flow.ClientAddress;
import dev.headgate.flow.Serving;
import dev.headgate.upstream.LoopIo;
import java.net.InetAddress;

/**
 * What the connections of one listener on one loop have in common, as long as the listener's
 * settings stay the same.
 */
@LoopConfined
final class ClientContext {
  private final Serving serving;
  private final LoopIo io;
  private final Listener listener;
  private final ListenerLoop loop;

  ClientContext(Serving serving, LoopIo io, Listener listener, ListenerLoop loop) {
    this.serving = serving;
    this.io = io;
    this.listener = listener;
    this.loop = loop;
  }

  Serving serving() {
    return serving;
  }

  LoopIo io() {
    return io;
  }

  Listener listener() {
    return listener;
  }

  void opened(ClientConnection connection) {
    loop.opened(connection);
  }

  void closed(ClientConnection connection) {
    loop.closed(connection);
  }

  /** Whether a connection from there may come in. */
  boolean mayConnect(InetAddress peer) {
    return ClientAddress.mayConnect(listener, peer);
  }

  /** Whether a connection from there may begin with a header that says who calls. */
  boolean maySayWhoCalls(InetAddress peer) {
    return listener.trustedProxies().isEmpty() || Cidr.anyContains(listener.trustedProxies(), peer);
  }

  /** Finds out who calls, behind trusted proxies. */
  void identify(Exchange exchange) {
    if (!listener.trustedProxies().isEmpty()) {
      ClientAddress.identify(exchange, listener);
    }
  }
}
