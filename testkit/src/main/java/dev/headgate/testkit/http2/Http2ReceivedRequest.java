package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.testkit.Header;
import dev.headgate.testkit.ReceivedBody;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reached an {@link Http2Origin}. The head is there from the start; the body grows
 * while the script reads it. Safe for several threads.
 */
public final class Http2ReceivedRequest {
  private final int connectionId;
  private final Http2Stream stream;
  private final List<Header> headers;
  private final ReceivedBody body;

  Http2ReceivedRequest(
      int connectionId, Http2Stream stream, List<Header> headers, ReceivedBody body) {
    this.connectionId = connectionId;
    this.stream = stream;
    this.headers = headers;
    this.body = body;
  }

  /** Which connection brought it, counted from 1. */
  public int connectionId() {
    return connectionId;
  }

  public int streamId() {
    return stream.id();
  }

  /** Every field in order, pseudo headers included. */
  public List<Header> headers() {
    return headers;
  }

  /** The first value of that name, {@code ":path"} too; null where there is none. */
  public @Nullable String header(String name) {
    return Header.first(headers, name);
  }

  public List<String> headers(String name) {
    return Header.all(headers, name);
  }

  public @Nullable String method() {
    return header(":method");
  }

  public @Nullable String path() {
    return header(":path");
  }

  public @Nullable String authority() {
    return header(":authority");
  }

  /** What has been read and kept so far. */
  public byte[] body() {
    return body.bytes();
  }

  public String text() {
    return new String(body(), UTF_8);
  }

  /** How much of the body has been read so far; not capped. */
  public long bodyLength() {
    return body.length();
  }

  /** Of the whole body so far, in hex. */
  public String sha256() {
    return body.sha256();
  }

  /** Whether the body has been read to its end. */
  public boolean isComplete() {
    return body.isComplete();
  }

  public List<Header> trailers() {
    return body.trailers();
  }

  public @Nullable String trailer(String name) {
    return Header.first(trailers(), name);
  }

  /** The gateway's reset of this stream; null where there was none so far. */
  public @Nullable Http2Error resetCode() {
    return stream.resetCode();
  }

  @Override
  public String toString() {
    return headers + " " + text() + " " + trailers();
  }
}
