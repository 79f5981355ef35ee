package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reached a {@link ScriptedOrigin}. The head is there from the start; the body
 * grows while the script reads it. Safe for several threads.
 */
public final class ReceivedRequest {
  private final int connectionId;
  private final Head head;
  private final ReceivedBody body;

  ReceivedRequest(int connectionId, Head head, int keep) {
    this.connectionId = connectionId;
    this.head = head;
    this.body = new ReceivedBody(keep);
  }

  void received(byte[] bytes, int offset, int count) {
    body.received(bytes, offset, count);
  }

  void completed(List<Header> trailers) {
    body.completed(trailers);
  }

  /** Which connection brought it, counted from 1. */
  public int connectionId() {
    return connectionId;
  }

  /** The raw head: request line, fields and the empty line. */
  public String head() {
    return head.raw();
  }

  public String requestLine() {
    return head.startLine();
  }

  public String method() {
    return requestLine().substring(0, requestLine().indexOf(' '));
  }

  /** The request target as it stood, query included. */
  public String target() {
    return requestLine().substring(requestLine().indexOf(' ') + 1, requestLine().lastIndexOf(' '));
  }

  /** The target without its query. */
  public String path() {
    int query = target().indexOf('?');
    return query < 0 ? target() : target().substring(0, query);
  }

  /** Every field, in order. */
  public List<Header> headers() {
    return head.headers();
  }

  /** The first value of that name, case ignored; null where there is none. */
  public @Nullable String header(String name) {
    return head.header(name);
  }

  public List<String> headers(String name) {
    return Header.all(head.headers(), name);
  }

  /** The decoded body so far, up to {@link OriginOptions#keepBodyBytes}. */
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

  /** Whether the body has been read to its proper end. */
  public boolean isComplete() {
    return body.isComplete();
  }

  public List<Header> trailers() {
    return body.trailers();
  }

  public @Nullable String trailer(String name) {
    return Header.first(trailers(), name);
  }

  @Override
  public String toString() {
    return head() + text();
  }
}
