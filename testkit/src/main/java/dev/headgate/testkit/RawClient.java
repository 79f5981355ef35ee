package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 client that sends exactly the bytes it is given and reads responses strictly. For one
 * thread at a time; every read has a timeout, 10 seconds unless {@link Dial#timeout} says
 * otherwise.
 *
 * <pre>{@code
 * try (var client = RawClient.connect(gatewayPort)) {
 *   client.send("GET /orders HTTP/1.1\r\nHost: api.example.com\r\n\r\n");
 *   assertThat(client.readResponse().status()).isEqualTo(200);
 *   client.send("GET / HTTP/1.1\nHost: a\n\n");
 *   assertThat(client.readResponse().status()).isEqualTo(400);
 *   client.expectClosed();
 * }
 * }</pre>
 */
public final class RawClient implements AutoCloseable {
  /** How the peer ended the connection. */
  public enum Ending {
    /** With a FIN, or TLS's close_notify. */
    ORDERLY,
    RESET
  }

  private final Wire wire;

  private RawClient(Wire wire) {
    this.wire = wire;
  }

  public static RawClient connect(Dial dial) throws IOException {
    if (dial.isTls() && dial.offersNoApplicationProtocol()) {
      dial.applicationProtocols("http/1.1");
    }
    return new RawClient(dial.open());
  }

  /** Plain, to that port of 127.0.0.1. */
  public static RawClient connect(int port) throws IOException {
    return connect(Dial.port(port));
  }

  /** TLS offering http/1.1 by ALPN, to that port of 127.0.0.1. */
  public static RawClient connectTls(int port, SSLContext context, String serverName)
      throws IOException {
    return connect(Dial.port(port).tls(context, serverName));
  }

  public Wire wire() {
    return wire;
  }

  /** For bodies too large to hold: write to it as long as needed. */
  public OutputStream output() {
    return wire.output();
  }

  /** What arrives, undecoded. */
  public ByteReader input() {
    return wire.reader();
  }

  public RawClient send(String latin1) throws IOException {
    return send(latin1.getBytes(ISO_8859_1));
  }

  public RawClient send(byte[] bytes) throws IOException {
    wire.output().write(bytes);
    wire.output().flush();
    return this;
  }

  /** Each byte in a write of its own; the kernel may still join some. */
  public RawClient sendByteByByte(String latin1) throws IOException {
    for (byte one : latin1.getBytes(ISO_8859_1)) {
      send(new byte[] {one});
    }
    return this;
  }

  /** In writes that end at the given offsets, then the rest. */
  public RawClient sendSplitAt(byte[] bytes, int... offsets) throws IOException {
    int from = 0;
    for (int offset : offsets) {
      send(Arrays.copyOfRange(bytes, from, offset));
      from = offset;
    }
    return send(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  /**
   * Writes until the peer has taken nothing for half a second or {@code max} bytes are gone: a peer
   * with back-pressure stalls long before a generous {@code max}, one without never does.
   */
  public StalledWrite sendUntilStalled(long max) throws IOException {
    return StalledWrite.of(wire.output(), max);
  }

  /** A whole response to any request but HEAD; informational ones are collected on the way. */
  public RawResponse readResponse() throws IOException {
    return readResponse(false);
  }

  /** A response to HEAD: no body whatever its fields say. */
  public RawResponse readResponseToHead() throws IOException {
    return readResponse(true);
  }

  private RawResponse readResponse(boolean toHead) throws IOException {
    wire.reader().record();
    List<RawResponse> informational = new ArrayList<>();
    try {
      while (true) {
        RawResponse head = parse(Head.read(wire.reader()));
        if (head.status() >= 200 || head.status() == 101) {
          MessageBody body = bodyOf(head, toHead);
          byte[] bytes = body.readAllBytes();
          return new RawResponse(
              head.head(),
              bytes,
              body.trailers(),
              List.copyOf(informational),
              wire.reader().recorded());
        }
        informational.add(head);
      }
    } catch (SocketTimeoutException timeout) {
      throw late(timeout);
    }
  }

  /**
   * Only the next head, informational or final, with an empty body: to see a 100 or 103 before
   * going on, or to read a huge body from {@link #body}.
   */
  public RawResponse readHead() throws IOException {
    try {
      return parse(Head.read(wire.reader()));
    } catch (SocketTimeoutException timeout) {
      throw late(timeout);
    }
  }

  /** The decoded body that follows a head that {@link #readHead} returned. */
  public InputStream body(RawResponse head) throws IOException {
    return bodyOf(head, false);
  }

  private MessageBody bodyOf(RawResponse head, boolean toHead) throws IOException {
    int status = head.status();
    if (toHead || status < 200 || status == 204 || status == 304) {
      head.head().isChunked();
      return MessageBody.none(wire.reader());
    }
    return MessageBody.ofResponse(wire.reader(), head.head());
  }

  private static RawResponse parse(@Nullable Head head) throws IOException {
    if (head == null) {
      throw new EOFException("The connection was closed where a response was expected");
    }
    return RawResponse.of(head);
  }

  /** Everything up to and including {@code marker}, as Latin-1. */
  public String readUntil(String marker) throws IOException {
    return wire.reader().until(marker);
  }

  /** Everything until the peer closes, as Latin-1. */
  public String readUntilClosed() throws IOException {
    return new String(wire.reader().readAllBytes(), ISO_8859_1);
  }

  /** Sends a GET with a Host of {@code localhost} and reads the response. */
  public RawResponse get(String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return readResponse();
  }

  /** Fails unless the peer closes, without another byte, within the timeout. */
  public Ending expectClosed() throws IOException {
    try {
      if (!wire.reader().await(1)) {
        return Ending.ORDERLY;
      }
    } catch (SocketTimeoutException stillOpen) {
      throw new AssertionError("The connection is still open", stillOpen);
    } catch (SocketException reset) {
      return Ending.RESET;
    }
    throw new AssertionError("Bytes where the end was expected: " + wire.reader());
  }

  /** Fails where a byte or the end arrives within {@code time}. */
  public void expectSilence(Duration time, Duration timeoutAfterwards) throws IOException {
    wire.timeout(time);
    try {
      boolean open = wire.reader().await(1);
      throw new AssertionError(open ? "Bytes: " + wire.reader() : "The connection was closed");
    } catch (SocketTimeoutException silent) {
      wire.timeout(timeoutAfterwards);
    }
  }

  private SocketTimeoutException late(SocketTimeoutException timeout) {
    SocketTimeoutException told =
        new SocketTimeoutException(
            "No whole response in time; so far: \""
                + new String(wire.reader().recorded(), ISO_8859_1)
                + wire.reader()
                + "\"");
    told.initCause(timeout);
    return told;
  }

  public void halfClose() throws IOException {
    wire.shutdownOutput();
  }

  /** Ends with a TCP reset. */
  public void reset() throws IOException {
    wire.reset();
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
