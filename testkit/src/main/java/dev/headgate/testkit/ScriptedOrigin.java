package dev.headgate.testkit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 origin on a free port of 127.0.0.1 that answers by a script and remembers what reached
 * it. It reads strictly: a request that breaks RFC 9112 makes {@link #close} fail, and so does a
 * script that throws anything but an {@link IOException}.
 *
 * <pre>{@code
 * try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "hi", "X-A: 1"))) {
 *   … send a request through the gateway …
 *   ReceivedRequest request = origin.onlyRequest();
 *   assertThat(request.path()).isEqualTo("/orders");
 *   assertThat(request.header("connection")).isNull();
 * }
 * }</pre>
 */
public final class ScriptedOrigin implements AutoCloseable {

  /** Answers one request, on a thread that belongs to its connection: it may block. */
  @FunctionalInterface
  public interface Script {
    void answer(OriginExchange exchange) throws Exception;
  }

  /** Plays a whole connection, from before its first byte. */
  @FunctionalInterface
  public interface ConnectionScript {
    void play(OriginConnection connection) throws Exception;
  }

  private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();
  private final List<OriginConnection> connections = new CopyOnWriteArrayList<>();
  private final OriginOptions options;
  private final ConnectionScript script;
  private final Acceptor acceptor;

  private ScriptedOrigin(OriginOptions options, ConnectionScript script) {
    this.options = options;
    this.script = script;
    this.acceptor = new Acceptor(options, this::play);
  }

  /** Plain text; the script answers each request, on as many connections as come. */
  public static ScriptedOrigin start(Script script) {
    return start(OriginOptions.plain(), script);
  }

  public static ScriptedOrigin start(OriginOptions options, Script script) {
    return startRaw(options, connection -> connection.answerEach(script));
  }

  /**
   * The script has each connection from its start: to read nothing, or to speak another protocol.
   */
  public static ScriptedOrigin startRaw(ConnectionScript script) {
    return startRaw(OriginOptions.plain(), script);
  }

  public static ScriptedOrigin startRaw(OriginOptions options, ConnectionScript script) {
    ScriptedOrigin origin = new ScriptedOrigin(options, script);
    origin.acceptor.begin();
    return origin;
  }

  private void play(Wire wire, int id) throws Exception {
    OriginConnection connection =
        new OriginConnection(id, wire, options.keepBodyBytes(), this::note, acceptor::changed);
    connections.add(connection);
    acceptor.changed();
    script.play(connection);
  }

  private void note(ReceivedRequest request) {
    requests.add(request);
    acceptor.changed();
  }

  public int port() {
    return acceptor.port();
  }

  /** {@code http://127.0.0.1:PORT} or {@code https://…}, as an endpoint is written. */
  public String url() {
    return (options.tls() == null ? "http" : "https") + "://127.0.0.1:" + port();
  }

  /** Every request whose head has arrived, in order. */
  public List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  /** The one request that arrived; fails where there were none or several. */
  public ReceivedRequest onlyRequest() {
    List<ReceivedRequest> seen = requests();
    if (seen.size() != 1) {
      throw new AssertionError("Not one request but " + seen.size() + ": " + seen);
    }
    return seen.getFirst();
  }

  public ReceivedRequest lastRequest() {
    return requests().getLast();
  }

  /** Waits for the {@code count}-th request's head, counted from 1, and returns that request. */
  public ReceivedRequest awaitRequest(int count) throws InterruptedException {
    acceptor.await(count + " requests", () -> requests.size() >= count);
    return requests.get(count - 1);
  }

  /** Waits until the body of the {@code count}-th request is at least that long. */
  public ReceivedRequest awaitBody(int count, long length) throws InterruptedException {
    ReceivedRequest request = awaitRequest(count);
    acceptor.await(length + " body bytes", () -> request.bodyLength() >= length);
    return request;
  }

  /** How many connections were accepted since the start. */
  public int connectionCount() {
    return acceptor.connections();
  }

  public int openConnections() {
    return acceptor.openConnections();
  }

  public void awaitOpenConnections(int count) throws InterruptedException {
    acceptor.await(count + " open connections", () -> acceptor.openConnections() == count);
  }

  /** Waits for the {@code count}-th connection, its handshake done, counted from 1. */
  public OriginConnection awaitConnection(int count) throws InterruptedException {
    acceptor.await(count + " connections", () -> connections.size() >= count);
    return connections.get(count - 1);
  }

  /** The server name that the latest TLS connection asked for; null where it named none. */
  public @Nullable String lastServerName() {
    return connections.getLast().serverName();
  }

  /** TLS handshakes that failed: a gateway that refuses this origin's certificate shows here. */
  public List<IOException> handshakeFailures() {
    return acceptor.handshakeFailures();
  }

  /** What the script or the strict parser threw so far. */
  public List<Throwable> failures() {
    return acceptor.failures();
  }

  /** New connections are refused from now on; open ones stay. */
  public void stopAccepting() throws IOException {
    acceptor.stopAccepting();
  }

  public void startAccepting() throws IOException {
    acceptor.startAccepting();
  }

  /** Closes the open connections as an idle timeout would; their peers read the end. */
  public void closeConnections() throws IOException {
    acceptor.closeConnections();
  }

  public void resetConnections() throws IOException {
    acceptor.resetConnections();
  }

  @Override
  public void close() {
    acceptor.close();
  }
}
