package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.testkit.Dial;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.ProtocolViolation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * An HTTP/2 client, over plain text by prior knowledge or over TLS by ALPN. Convenient where the
 * test is about something else, and down to single frames where it is not.
 *
 * <pre>{@code
 * try (var client = Http2Client.connect(gatewayPort)) {
 *   assertThat(client.get("/orders").status()).isEqualTo(200);
 *
 *   Http2Stream stream = client.open("POST", "/upload");              // HEADERS without END_STREAM
 *   stream.send("part", false);
 *   stream.sendTrailers("x-checksum: 1");
 *   assertThat(stream.response().trailer("grpc-status")).isEqualTo("0");
 *
 *   client.open(Header.list(":method: GET", "Upper: x"), true);       // malformed on purpose
 *   assertThat(client.connection().awaitGoAway().error()).isEqualTo(Http2Error.PROTOCOL_ERROR);
 * }
 * }</pre>
 *
 * {@link #close} fails where the peer broke RFC 9113.
 */
public final class Http2Client implements AutoCloseable {
  private final Http2Connection connection;
  private final String scheme;
  private int nextStream = 1;

  private Http2Client(Http2Connection connection, String scheme) {
    this.connection = connection;
    this.scheme = scheme;
  }

  /** Plain text with prior knowledge, to that port of 127.0.0.1. */
  public static Http2Client connect(int port) throws IOException {
    return connect(Dial.port(port));
  }

  /** TLS offering h2 alone by ALPN. */
  public static Http2Client connectTls(int port, SSLContext context, String serverName)
      throws IOException {
    return connect(Dial.port(port).tls(context, serverName));
  }

  /** Sends the preface and SETTINGS: pairs of an id of {@link Setting} and its value. */
  public static Http2Client connect(Dial dial, int... settings) throws IOException {
    if (dial.isTls()) {
      dial.applicationProtocols("h2");
    }
    Http2Connection connection =
        new Http2Connection(dial.open(), true, dial.timeout(), stream -> {});
    connection.writeRaw(Http2Connection.PREFACE.getBytes(ISO_8859_1));
    connection.write(Frame.settings(settings));
    connection.start();
    return new Http2Client(connection, dial.isTls() ? "https" : "http");
  }

  public Http2Connection connection() {
    return connection;
  }

  /** The fields of a proper request: the pseudo headers, then {@code "name: value"} lines. */
  public List<Header> request(String method, String path, String... headers) {
    List<Header> all = new ArrayList<>();
    all.add(new Header(":method", method));
    all.add(new Header(":scheme", scheme));
    all.add(new Header(":authority", "localhost"));
    all.add(new Header(":path", path));
    for (Header header : Header.list(headers)) {
      if (header.name().startsWith(":")) {
        all.removeIf(pseudo -> pseudo.name().equals(header.name()));
        all.add(pseudos(all), header);
      } else {
        all.add(header);
      }
    }
    return all;
  }

  private static int pseudos(List<Header> headers) {
    return (int) headers.stream().filter(header -> header.name().startsWith(":")).count();
  }

  /**
   * A whole exchange without a request body; {@code ":authority: a"} among the headers replaces.
   */
  public Http2Response get(String path, String... headers) throws IOException {
    return open(request("GET", path, headers), true).response();
  }

  /** A whole exchange with a request body. */
  public Http2Response post(String path, String body, String... headers) throws IOException {
    Http2Stream stream = open("POST", path, headers);
    stream.send(body.getBytes(UTF_8), true);
    return stream.response();
  }

  /** Opens a stream and leaves its sending side open. */
  public Http2Stream open(String method, String path, String... headers) throws IOException {
    return open(request(method, path, headers), false);
  }

  /** Opens a stream with exactly these fields, whether or not they make sense. */
  public Http2Stream open(List<Header> headers, boolean endStream) throws IOException {
    Http2Stream stream = reserve();
    stream.sendHeaders(headers, endStream);
    return stream;
  }

  /**
   * A stream with the next free id and no frame sent: for {@link Http2Connection#write} by hand.
   */
  public Http2Stream reserve() {
    Http2Stream stream = connection.newStream(nextStream);
    nextStream += 2;
    return stream;
  }

  /**
   * Extended CONNECT for a WebSocket (RFC 8441), after the peer has announced that it is possible.
   */
  public Http2Stream openWebSocket(String path, String... headers) throws IOException {
    Integer enabled =
        connection.awaitPeerSettings().getOrDefault(Setting.ENABLE_CONNECT_PROTOCOL, 0);
    if (enabled != 1) {
      throw new ProtocolViolation("The peer does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL");
    }
    List<Header> fields = request("CONNECT", path, ":protocol: websocket");
    fields.add(new Header("sec-websocket-version", "13"));
    fields.addAll(Header.list(headers));
    return open(fields, false);
  }

  @Override
  public void close() throws IOException {
    connection.close();
    List<ProtocolViolation> violations = connection.violations();
    if (!violations.isEmpty()) {
      throw new AssertionError("The peer broke RFC 9113", violations.getFirst());
    }
  }
}
