package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One request at a {@link ScriptedOrigin} and every way to answer it, proper or not. For the
 * script's own thread.
 *
 * <p>When the script returns, what is left of the request body is read, and the connection goes on
 * to its next request, unless it was closed or the request said {@code Connection: close}.
 */
public final class OriginExchange {
  private final OriginConnection connection;
  private final ReceivedRequest request;
  private final RequestBody body;
  private boolean answered;

  OriginExchange(OriginConnection connection, ReceivedRequest request, RequestBody body) {
    this.connection = connection;
    this.request = request;
    this.body = body;
  }

  public ReceivedRequest request() {
    return request;
  }

  public OriginConnection connection() {
    return connection;
  }

  /** The decoded request body as it arrives; what is read here is noted in {@link #request}. */
  public InputStream body() {
    return body;
  }

  /** Reads the request body to its end; its kept part is then in {@link #request}. */
  public void readBody() throws IOException {
    body.drain();
  }

  /** Reads the request body, then answers with a Content-Length (but for 204 and 304). */
  public void respond(int status, String text, String... headers) throws IOException {
    respond(status, text.getBytes(UTF_8), headers);
  }

  public void respond(int status, byte[] bytes, String... headers) throws IOException {
    readBody();
    boolean bodiless = status == 204 || status == 304;
    String length = bodiless ? "" : "Content-Length: " + bytes.length + "\r\n";
    send(headText(status, headers) + length + "\r\n");
    if (!bodiless && !request.method().equals("HEAD")) {
      send(bytes);
    }
  }

  /** Sends a head as it is given, with no framing of its own. The body is up to the caller. */
  public void respondHead(int status, String... headers) throws IOException {
    send(headText(status, headers) + "\r\n");
  }

  /** Answers with {@code length} bytes of {@link Pattern}, never holding them. */
  public void respondPattern(int status, long length, String... headers) throws IOException {
    send(headText(status, headers) + "Content-Length: " + length + "\r\n\r\n");
    Pattern.writeTo(output(), length);
  }

  /** Answers without a length and closes: the end of the stream ends the body. */
  public void respondUntilClose(int status, String text, String... headers) throws IOException {
    readBody();
    send(headText(status, headers) + "Connection: close\r\n\r\n" + text);
    close();
  }

  /** Sends {@code 100 Continue}. */
  public void sendContinue() throws IOException {
    send("HTTP/1.1 100 Continue\r\n\r\n");
  }

  /**
   * Sends an informational response, {@code sendInformational(103, "Link: </a.css>; rel=preload")}.
   */
  public void sendInformational(int status, String... headers) throws IOException {
    send(headText(status, headers) + "\r\n");
  }

  /** Starts a chunked answer; follow with {@link #chunk} and {@link #endChunks}. */
  public void startChunked(int status, String... headers) throws IOException {
    send(headText(status, headers) + "Transfer-Encoding: chunked\r\n\r\n");
  }

  public void chunk(String text) throws IOException {
    chunk(text.getBytes(UTF_8));
  }

  public void chunk(byte[] bytes) throws IOException {
    send(Integer.toHexString(bytes.length) + "\r\n");
    send(bytes);
    send("\r\n");
  }

  /** Sends the last chunk and the trailers, each {@code "name: value"}. */
  public void endChunks(String... trailers) throws IOException {
    StringBuilder text = new StringBuilder("0\r\n");
    for (String trailer : trailers) {
      text.append(trailer).append("\r\n");
    }
    send(text.append("\r\n").toString());
  }

  /** Accepts a WebSocket upgrade; from here on {@link #wire} carries frames. */
  public void upgradeToWebSocket(String... headers) throws IOException {
    String key = request.header("sec-websocket-key");
    if (key == null) {
      throw new ProtocolViolation("An upgrade without Sec-WebSocket-Key:\n" + request.head());
    }
    String accept = "Sec-WebSocket-Accept: " + WebSocketFrame.accept(key);
    send(
        headText(101, headers)
            + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            + accept
            + "\r\n\r\n");
  }

  /** Sends back every byte until the gateway closes its half, then closes. */
  public void echoRawBytes() throws IOException {
    byte[] block = new byte[16 * 1024];
    for (int count = input().read(block); count >= 0; count = input().read(block)) {
      output().write(block, 0, count);
      output().flush();
    }
    close();
  }

  /** Sends bytes as they are: any malformed answer. */
  public void send(String latin1) throws IOException {
    send(latin1.getBytes(ISO_8859_1));
  }

  public void send(byte[] bytes) throws IOException {
    answered = true;
    output().write(bytes);
    output().flush();
  }

  /** Writes {@link Pattern} bytes until the gateway takes no more: see {@link StalledWrite}. */
  public StalledWrite sendUntilStalled(long max) {
    answered = true;
    return StalledWrite.of(output(), max);
  }

  public Wire wire() {
    return connection.wire();
  }

  public OutputStream output() {
    return wire().output();
  }

  /** The connection's bytes behind this request's head, undecoded. */
  public ByteReader input() {
    return wire().reader();
  }

  /** Never answers: waits until the gateway gives up and closes. */
  public void awaitClosed() {
    connection.awaitClosed();
    answered = true;
  }

  /** Closes in order. With request bytes unread the kernel makes a reset of it: read them first. */
  public void close() throws IOException {
    answered = true;
    wire().close();
  }

  /** Ends the connection with a TCP reset. */
  public void reset() throws IOException {
    answered = true;
    wire().reset();
  }

  /** Whether the connection can carry another request. */
  boolean finish() throws IOException {
    if (!answered) {
      throw new IllegalStateException(
          "The script returned without an answer to\n" + request.head());
    }
    if (wire().isClosed()) {
      return false;
    }
    readBody();
    boolean old = request.requestLine().endsWith("HTTP/1.0");
    return !old && request.headers("connection").stream().noneMatch("close"::equalsIgnoreCase);
  }

  private static String headText(int status, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.toString();
  }
}
