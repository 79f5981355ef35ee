package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.testkit.Header;
import dev.headgate.testkit.ReceivedBody;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One request at an {@link Http2Origin} and every way to answer it. For the script's own thread.
 * Field names are sent as they are written: in lower case, unless the test wants otherwise.
 */
public final class Http2Exchange {
  private final Http2Stream stream;
  private final Http2ReceivedRequest request;
  private final ReceivedBody received;
  private final Runnable changed;
  private boolean answered;

  Http2Exchange(
      Http2Stream stream, Http2ReceivedRequest request, ReceivedBody received, Runnable changed) {
    this.stream = stream;
    this.request = request;
    this.received = received;
    this.changed = changed;
  }

  public Http2ReceivedRequest request() {
    return request;
  }

  public Http2Stream stream() {
    return stream;
  }

  /** For raw frames, GOAWAY and closing. */
  public Http2Connection connection() {
    return stream.connection();
  }

  /** The request body as it arrives; what is read is noted in {@link #request} and granted back. */
  public InputStream body() {
    InputStream body = stream.body();
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = body.read(target, offset, length);
        if (count > 0) {
          received.received(target, offset, count);
        } else if (count < 0) {
          received.completed(stream.awaitTrailers());
        }
        changed.run();
        return count;
      }
    };
  }

  public void readBody() throws IOException {
    body().transferTo(OutputStream.nullOutputStream());
  }

  /** Reads the request body, then answers and ends the stream. */
  public void respond(int status, String text, String... headers) throws IOException {
    respond(status, text.getBytes(UTF_8), headers);
  }

  public void respond(int status, byte[] bytes, String... headers) throws IOException {
    readBody();
    boolean bodiless = bytes.length == 0 || "HEAD".equals(request.method());
    sendHead(head(status, headers), bodiless);
    if (!bodiless) {
      stream.send(bytes, true);
    }
  }

  /** Sends a head that leaves the stream open; follow with {@link #data} and an end. */
  public void respondHead(int status, String... headers) throws IOException {
    sendHead(head(status, headers), false);
  }

  /** {@code sendInformational(103, "link: </a.css>; rel=preload")}. */
  public void sendInformational(int status, String... headers) throws IOException {
    sendHead(head(status, headers), false);
  }

  /** Sends exactly these fields, whether or not they make sense. */
  public void sendHead(List<Header> headers, boolean endStream) throws IOException {
    answered = true;
    stream.sendHeaders(headers, endStream);
  }

  public void data(String text) throws IOException {
    data(text.getBytes(UTF_8));
  }

  /** Sends DATA as the gateway's window allows. */
  public void data(byte[] bytes) throws IOException {
    stream.send(bytes, false);
  }

  /** Where to write a body too large to hold; as the gateway's window allows. */
  public OutputStream output() {
    return stream.output();
  }

  /** Ends the stream with an empty DATA frame. */
  public void end() throws IOException {
    stream.send(new byte[0], true);
  }

  /** Ends the stream with trailers, each {@code "name: value"}. */
  public void end(String... trailers) throws IOException {
    stream.sendTrailers(trailers);
  }

  /** Answers as a gRPC server does: messages with their prefix, then the status in trailers. */
  public void respondGrpc(int grpcStatus, byte[]... messages) throws IOException {
    readBody();
    respondHead(200, "content-type: application/grpc");
    for (byte[] message : messages) {
      data(grpcMessage(message));
    }
    end("grpc-status: " + grpcStatus);
  }

  /** A message with gRPC's prefix of five bytes, uncompressed. */
  public static byte[] grpcMessage(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  public void reset(Http2Error error) throws IOException {
    answered = true;
    stream.reset(error);
  }

  /** Never answers: waits until the gateway resets the stream or the connection ends. */
  public void awaitReset() throws IOException {
    answered = true;
    stream.awaitReset();
  }

  void finish() {
    if (!answered && connection().isOpen() && stream.resetCode() == null) {
      throw new IllegalStateException("The script returned without an answer to " + request);
    }
  }

  private static List<Header> head(int status, String... headers) {
    List<Header> head = new ArrayList<>();
    head.add(new Header(":status", Integer.toString(status)));
    head.addAll(Header.list(headers));
    return head;
  }
}
