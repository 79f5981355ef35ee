package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.headgate.testkit.Acceptor;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.ProtocolViolation;
import dev.headgate.testkit.ReceivedBody;
import dev.headgate.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 origin on a free port of 127.0.0.1, plain (h2c by prior knowledge) or over TLS, that
 * answers each stream by a script and remembers what reached it. A gateway that breaks RFC 9113, or
 * a script that throws anything but an {@link IOException}, makes {@link #close} fail.
 *
 * <pre>{@code
 * try (var origin = Http2Origin.start(exchange -> exchange.respondGrpc(0, message))) { … }
 * Http2Origin.start(OriginOptions.plain(), script, Setting.MAX_CONCURRENT_STREAMS, 2);
 * Http2Origin.start(OriginOptions.tls(server.serverContext()), script);
 * }</pre>
 *
 * For an origin that plays with frames from the start, take {@code ScriptedOrigin.startRaw} with
 * {@link Frame#read} and {@link Frame#encode}.
 */
public final class Http2Origin implements AutoCloseable {

  /** Answers one request, on a thread of its own: it may block. */
  @FunctionalInterface
  public interface Script {
    void answer(Http2Exchange exchange) throws Exception;
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final OriginOptions options;
  private final Script script;
  private final int[] settings;
  private final List<Http2ReceivedRequest> requests = new CopyOnWriteArrayList<>();
  private final List<Http2Connection> connections = new CopyOnWriteArrayList<>();
  private final Acceptor acceptor;

  private Http2Origin(OriginOptions options, Script script, int... settings) {
    this.options = options;
    this.script = script;
    this.settings = settings;
    this.acceptor = new Acceptor(options, this::play);
  }

  /** Plain text. */
  public static Http2Origin start(Script script) {
    return start(OriginOptions.plain(), script);
  }

  /** With settings: pairs of an id of {@link Setting} and its value. */
  public static Http2Origin start(OriginOptions options, Script script, int... settings) {
    OriginOptions chosen =
        options.tls() != null && options.applicationProtocols().isEmpty()
            ? options.withApplicationProtocols("h2")
            : options;
    Http2Origin origin = new Http2Origin(chosen, script, settings);
    origin.acceptor.begin();
    return origin;
  }

  private void play(Wire wire, int id) throws Exception {
    byte[] preface = wire.reader().bytes(Http2Connection.PREFACE.length());
    if (!new String(preface, ISO_8859_1).equals(Http2Connection.PREFACE)) {
      throw new ProtocolViolation("Not the preface: " + new String(preface, ISO_8859_1));
    }
    Http2Connection connection =
        new Http2Connection(wire, false, TIMEOUT, stream -> answer(stream, id));
    connection.write(Frame.settings(settings));
    connections.add(connection);
    acceptor.changed();
    connection.readAll();
    for (ProtocolViolation violation : connection.violations()) {
      acceptor.fail(violation);
    }
  }

  private void answer(Http2Stream stream, int connectionId) {
    acceptor.start(
        "http2-origin-" + connectionId + "-" + stream.id(),
        () -> {
          ReceivedBody body = new ReceivedBody(options.keepBodyBytes());
          var request = new Http2ReceivedRequest(connectionId, stream, stream.awaitHeaders(), body);
          requests.add(request);
          acceptor.changed();
          var exchange = new Http2Exchange(stream, request, body, acceptor::changed);
          script.answer(exchange);
          exchange.finish();
        });
  }

  public int port() {
    return acceptor.port();
  }

  /** {@code http://127.0.0.1:PORT} or {@code https://…}. */
  public String url() {
    return (options.tls() == null ? "http" : "https") + "://127.0.0.1:" + port();
  }

  /** Every request whose head has arrived, in order. */
  public List<Http2ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  /** The one request that arrived; fails where there were none or several. */
  public Http2ReceivedRequest onlyRequest() {
    List<Http2ReceivedRequest> seen = requests();
    if (seen.size() != 1) {
      throw new AssertionError("Not one request but " + seen.size() + ": " + seen);
    }
    return seen.getFirst();
  }

  public Http2ReceivedRequest lastRequest() {
    return requests().getLast();
  }

  /** Waits for the {@code count}-th request's head, counted from 1. */
  public Http2ReceivedRequest awaitRequest(int count) throws InterruptedException {
    acceptor.await(count + " requests", () -> requests.size() >= count);
    return requests.get(count - 1);
  }

  /** Waits until the body of the {@code count}-th request is at least that long. */
  public Http2ReceivedRequest awaitBody(int count, long length) throws InterruptedException {
    Http2ReceivedRequest request = awaitRequest(count);
    acceptor.await(length + " body bytes", () -> request.bodyLength() >= length);
    return request;
  }

  /** Waits for the {@code count}-th connection, counted from 1. */
  public Http2Connection awaitConnection(int count) throws InterruptedException {
    acceptor.await(count + " connections", () -> connections.size() >= count);
    return connections.get(count - 1);
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

  /** The server name that the latest TLS connection asked for; null where it named none. */
  public @Nullable String lastServerName() {
    return connections.getLast().wire().requestedServerName();
  }

  public List<IOException> handshakeFailures() {
    return acceptor.handshakeFailures();
  }

  public List<Throwable> failures() {
    return acceptor.failures();
  }

  public void stopAccepting() throws IOException {
    acceptor.stopAccepting();
  }

  public void startAccepting() throws IOException {
    acceptor.startAccepting();
  }

  /** Closes the open connections without a GOAWAY. */
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
