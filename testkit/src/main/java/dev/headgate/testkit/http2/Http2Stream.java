package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.testkit.Header;
import dev.headgate.testkit.ProtocolViolation;
import dev.headgate.testkit.StalledWrite;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an {@link Http2Connection}, seen from either end. Every wait ends with the
 * connection's timeout. Safe for several threads, one of them reading.
 *
 * <p>Incoming bytes are granted back to the peer's window only when they are read here: a test that
 * does not read is a slow reader.
 */
public final class Http2Stream {
  private final Http2Connection connection;
  private final int id;

  // Guarded by the connection's lock.
  private final Queue<List<Header>> heads = new ArrayDeque<>();
  private final Queue<byte[]> data = new ArrayDeque<>();
  private boolean headSeen;
  private boolean remoteEnded;
  private boolean localEnded;
  private boolean granting = true;
  private @Nullable Http2Error reset;
  private List<Header> trailers = List.of();
  long sendWindow;
  long receiveWindow;

  Http2Stream(Http2Connection connection, int id, long sendWindow, long receiveWindow) {
    this.connection = connection;
    this.id = id;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  public int id() {
    return id;
  }

  public Http2Connection connection() {
    return connection;
  }

  // ---- sending

  /** Sends HEADERS, and CONTINUATION where the block is larger than a frame. */
  public void sendHeaders(List<Header> headers, boolean endStream) throws IOException {
    connection.writeHeaders(id, Hpack.block(headers), endStream);
    ended(endStream);
  }

  /** Sends DATA as the peer's windows allow; waits for them where they are used up. */
  public void send(byte[] bytes, boolean endStream) throws IOException {
    connection.writeData(this, bytes, endStream);
    ended(endStream);
  }

  public void send(String text, boolean endStream) throws IOException {
    send(text.getBytes(UTF_8), endStream);
  }

  /** Where to write a body too large to hold, as the peer's windows allow; end it with a send. */
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        send(new byte[] {(byte) one}, false);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        send(Arrays.copyOfRange(bytes, offset, offset + length), false);
      }
    };
  }

  /** Writes {@code Pattern} bytes until the peer grants no more: see {@link StalledWrite}. */
  public StalledWrite sendUntilStalled(long max) {
    return StalledWrite.of(output(), max);
  }

  /** Ends the stream with trailers, each {@code "name: value"}. */
  public void sendTrailers(String... trailers) throws IOException {
    sendHeaders(Header.list(trailers), true);
  }

  public void reset(Http2Error error) throws IOException {
    ended(true);
    connection.write(Frame.reset(id, error));
  }

  private void ended(boolean endStream) {
    connection.locked(() -> localEnded |= endStream);
  }

  /** Whether this side has sent END_STREAM or RST_STREAM through the methods above. */
  public boolean isLocallyEnded() {
    return connection.locked(() -> localEnded);
  }

  // ---- receiving

  /** The next header block before the body: informational ones one by one, then the final one. */
  public List<Header> awaitHeaders() throws IOException {
    return connection.awaiting(
        "headers on stream " + id,
        () -> {
          List<Header> next = heads.poll();
          if (next == null) {
            checkAlive();
          }
          return next;
        });
  }

  /** The next bytes of the body, as they came in one DATA frame; null at its end. */
  public byte @Nullable [] readData() throws IOException {
    byte[] next =
        connection.awaiting(
            "data on stream " + id,
            () -> {
              byte[] bytes = data.poll();
              if (bytes == null && remoteEnded) {
                return new byte[0];
              }
              if (bytes == null) {
                checkAlive();
              }
              return bytes;
            });
    if (next.length == 0) {
      return null;
    }
    if (connection.locked(() -> granting && !remoteEnded)) {
      connection.write(Frame.windowUpdate(id, next.length));
    }
    return next;
  }

  /** The body as a stream. */
  public InputStream body() {
    return new StreamBody(this);
  }

  /** From here on reading no longer widens the peer's window; grant by hand with a raw frame. */
  public void withholdWindow() {
    connection.locked(() -> granting = false);
  }

  /** The trailers; empty where there were none. Reads the body that is left. */
  public List<Header> awaitTrailers() throws IOException {
    body().transferTo(OutputStream.nullOutputStream());
    return trailers;
  }

  /** Waits for the peer's RST_STREAM. */
  public Http2Error awaitReset() throws IOException {
    return connection.awaiting(
        "a reset of stream " + id,
        () -> {
          if (reset == null && connection.hasEnded()) {
            throw new EOFException("The connection ended without a reset of stream " + id);
          }
          return reset;
        });
  }

  /** The peer's reset, null where there was none so far. */
  public @Nullable Http2Error resetCode() {
    return connection.locked(() -> reset);
  }

  /** How many bytes have arrived that nobody has read. */
  public int unreadBytes() {
    return connection.locked(() -> data.stream().mapToInt(bytes -> bytes.length).sum());
  }

  public boolean isRemotelyEnded() {
    return connection.locked(() -> remoteEnded);
  }

  /** Reads the whole response, at a client. A reset is part of the answer, not an exception. */
  public Http2Response response() throws IOException {
    List<Http2Response> informational = new ArrayList<>();
    List<Header> head = List.of();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Http2Error code = null;
    try {
      head = awaitHeaders();
      while (Http2Response.statusOf(head) < 200) {
        informational.add(new Http2Response(head, new byte[0], List.of(), List.of(), null));
        head = awaitHeaders();
      }
      body().transferTo(bytes);
    } catch (StreamReset broken) {
      code = broken.error();
    }
    return new Http2Response(head, bytes.toByteArray(), trailers, List.copyOf(informational), code);
  }

  /** Called with the lock held. */
  void checkAlive() throws IOException {
    if (reset != null) {
      throw new StreamReset(id, reset);
    }
    if (connection.hasEnded()) {
      throw new EOFException("The connection ended before stream " + id + " did");
    }
  }

  // ---- the connection's side, with the lock held

  void receivedHeaders(List<Header> block, boolean endStream) throws IOException {
    checkOpen("HEADERS");
    if (!headSeen) {
      if (connection.isClient()) {
        HeaderRules.checkResponse(block);
        headSeen = Http2Response.statusOf(block) >= 200;
      } else {
        HeaderRules.checkRequest(block);
        headSeen = true;
      }
      if (endStream && !headSeen) {
        throw new ProtocolViolation("An informational response that ends stream " + id);
      }
      heads.add(block);
    } else {
      HeaderRules.checkTrailers(block);
      if (!endStream) {
        throw new ProtocolViolation("Trailers that do not end stream " + id);
      }
      trailers = block;
    }
    remoteEnded = endStream;
  }

  void receivedData(byte[] bytes, int flowControlled, boolean endStream) throws IOException {
    checkOpen("DATA");
    if (!headSeen) {
      throw new ProtocolViolation("DATA before the head of stream " + id);
    }
    receiveWindow -= flowControlled;
    if (receiveWindow < 0) {
      throw new ProtocolViolation("DATA beyond the window of stream " + id);
    }
    if (bytes.length > 0) {
      data.add(bytes);
    }
    remoteEnded = endStream;
  }

  private void checkOpen(String what) throws ProtocolViolation {
    if (remoteEnded || reset != null) {
      throw new ProtocolViolation(what + " after the end of stream " + id);
    }
  }

  void receivedReset(Http2Error error) {
    reset = error;
  }

  boolean isActive() {
    return reset == null && !(remoteEnded && localEnded);
  }
}
