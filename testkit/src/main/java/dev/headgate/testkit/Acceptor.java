package dev.headgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The listening half of an origin: accepts on a port of 127.0.0.1, shakes hands, runs a handler on
 * a virtual thread for each connection, and keeps what went wrong. Safe for several threads.
 */
public final class Acceptor implements AutoCloseable {

  /** What happens on one connection. It is closed when this returns or throws. */
  @FunctionalInterface
  public interface Handler {
    void handle(Wire wire, int connectionId) throws Exception;
  }

  private static final Duration WAIT = Duration.ofSeconds(10);

  private final OriginOptions options;
  private final Handler handler;
  private final int port;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Thread> tasks = ConcurrentHashMap.newKeySet();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<IOException> handshakeFailures = new CopyOnWriteArrayList<>();
  private final Object monitor = new Object();
  private ServerSocket server;
  private @Nullable Thread accepting;

  /** Binds; nothing is accepted before {@link #begin}. */
  public Acceptor(OriginOptions options, Handler handler) {
    this.options = options;
    this.handler = handler;
    try {
      this.server = listen(0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    this.port = server.getLocalPort();
  }

  private ServerSocket listen(int on) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    if (options.receiveBufferBytes() > 0) {
      socket.setReceiveBufferSize(options.receiveBufferBytes());
    }
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(options.host()), on), 1024);
    return socket;
  }

  private void accept(ServerSocket on) {
    accepting =
        Thread.ofPlatform()
            .daemon()
            .name("origin-" + port)
            .start(() -> {
              try {
                while (true) {
                  Socket socket = on.accept();
                  int id = accepted.incrementAndGet();
                  open.add(socket);
                  start("origin-" + port + "-" + id, () -> run(socket, id));
                }
              } catch (IOException closed) {
                // close() and stopAccepting() end the loop this way.
              }
            });
  }

  /** Something that runs at the origin and may fail. */
  @FunctionalInterface
  public interface Task {
    void run() throws Exception;
  }

  /** Runs the task on a virtual thread; {@link #close} ends it and knows how it failed. */
  public void start(String name, Task task) {
    Thread thread = Thread.ofVirtual().name(name).unstarted(() -> attempt(task));
    tasks.add(thread);
    thread.start();
  }

  private void attempt(Task task) {
    try {
      task.run();
    } catch (ProtocolViolation violation) {
      fail(violation);
    } catch (IOException closed) {
      // The other side, or the test, ended the connection or the stream.
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (Exception | Error failure) {
      fail(failure);
    } finally {
      tasks.remove(Thread.currentThread());
      changed();
    }
  }

  private void run(Socket socket, int id) throws Exception {
    try (socket) {
      socket.setTcpNoDelay(true);
      try (Wire wire = wire(socket)) {
        if (wire != null) {
          handler.handle(wire, id);
        }
      }
    } finally {
      open.remove(socket);
    }
  }

  /** Null where the handshake failed, which is noted. */
  private @Nullable Wire wire(Socket socket) throws IOException {
    if (options.tls() == null) {
      return new Wire(socket, socket, false);
    }
    try {
      return new Wire(socket, handshake(socket, options.tls()), false);
    } catch (IOException failed) {
      handshakeFailures.add(failed);
      return null;
    }
  }

  private SSLSocket handshake(Socket plain, SSLContext context) throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setNeedClientAuth(options.requireClientCertificate());
    if (!options.applicationProtocols().isEmpty()) {
      parameters.setApplicationProtocols(options.applicationProtocols().toArray(String[]::new));
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  public int port() {
    return port;
  }

  /** How many connections were accepted since the start. */
  public int connections() {
    return accepted.get();
  }

  public int openConnections() {
    return open.size();
  }

  public List<IOException> handshakeFailures() {
    return List.copyOf(handshakeFailures);
  }

  /**
   * What the script and the strict parser threw; connections that merely ended are not among them.
   */
  public List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** Notes what {@link #close} must fail with. */
  public void fail(Throwable failure) {
    failures.add(failure);
  }

  /** Tells whoever waits in {@link #await} to look again. */
  public void changed() {
    synchronized (monitor) {
      monitor.notifyAll();
    }
  }

  /** Waits 10 seconds at most until {@code condition} holds. */
  public void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + WAIT.toNanos();
    synchronized (monitor) {
      while (!condition.getAsBoolean()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("Not in " + WAIT + ": " + what + "; failures: " + failures);
        }
        // Accepting does not notify, so look again now and then.
        monitor.wait(Math.min(left, 20));
      }
    }
  }

  /** From now on a new connection is refused; those that are open stay. */
  public synchronized void stopAccepting() throws IOException {
    server.close();
    // The socket goes on listening until the thread has left its call of accept.
    Thread listening = accepting;
    if (listening != null) {
      try {
        listening.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Accepts from now on. */
  public synchronized void begin() {
    accept(server);
  }

  /** Listens again, on the same port, after {@link #stopAccepting}. */
  public synchronized void startAccepting() throws IOException {
    server = listen(port);
    accept(server);
  }

  /** Resets every open connection. */
  public void resetConnections() throws IOException {
    for (Socket socket : open) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /** Closes every open connection in order, without a warning: a keep-alive that ran out. */
  public void closeConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** Closes everything, then fails where a script failed or a peer broke the protocol. */
  @Override
  public synchronized void close() {
    try {
      server.close();
      closeConnections();
      for (Thread task : tasks) {
        task.interrupt();
        task.join(WAIT);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    List<Throwable> seen = new ArrayList<>(failures);
    failures.clear();
    if (!seen.isEmpty()) {
      AssertionError error = new AssertionError("At the origin: " + seen.getFirst());
      seen.forEach(error::addSuppressed);
      throw error;
    }
  }
}
