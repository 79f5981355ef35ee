package dev.headgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of 127.0.0.1 that nobody can connect to, and that nobody else takes meanwhile.
 *
 * <pre>{@code
 * try (var port = UnreachablePort.refusing()) { … endpoints: ["http://127.0.0.1:" + port.port()] … }
 * try (var port = UnreachablePort.silent()) { … a connect timeout … }
 * }</pre>
 */
public final class UnreachablePort implements AutoCloseable {
  private final List<AutoCloseable> held;
  private final int port;

  private UnreachablePort(List<AutoCloseable> held, int port) {
    this.held = held;
    this.port = port;
  }

  /** A connection is refused at once: the port is bound and does not listen. */
  public static UnreachablePort refusing() throws IOException {
    Socket bound = new Socket();
    bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    return new UnreachablePort(List.of(bound), bound.getLocalPort());
  }

  /** A connection is neither accepted nor refused: the queue of an idle listener is full. Linux. */
  public static UnreachablePort silent() throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
    List<AutoCloseable> held = new ArrayList<>();
    held.add(server);
    for (int i = 0; i < 8; i++) {
      Socket filler = new Socket();
      held.add(filler);
      try {
        filler.connect(server.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        return new UnreachablePort(held, server.getLocalPort());
      }
    }
    throw new IOException("The listener's queue does not fill up on this system");
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable socket : held) {
      socket.close();
    }
  }
}
