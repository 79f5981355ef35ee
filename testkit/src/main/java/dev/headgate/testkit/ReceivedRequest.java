package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reached a {@link ScriptedOrigin}. The head is there from the start; the body
 * grows while the script reads it. Safe for several threads.
 */
public final class ReceivedRequest {
  private final int connectionId;
  private final Head head;
  private final int keep;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final MessageDigest digest = sha256Digest();
  private long bodyLength;
  private boolean complete;
  private List<Header> trailers = List.of();

  ReceivedRequest(int connectionId, Head head, int keep) {
    this.connectionId = connectionId;
    this.head = head;
    this.keep = keep;
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  synchronized void received(byte[] bytes, int offset, int count) {
    digest.update(bytes, offset, count);
    body.write(bytes, offset, (int) Math.min(count, Math.max(0, keep - bodyLength)));
    bodyLength += count;
  }

  synchronized void completed(List<Header> withTrailers) {
    trailers = withTrailers;
    complete = true;
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
  public synchronized byte[] body() {
    return body.toByteArray();
  }

  public String text() {
    return new String(body(), UTF_8);
  }

  /** How much of the body has been read so far; not capped. */
  public synchronized long bodyLength() {
    return bodyLength;
  }

  /** Of the whole body so far, in hex. */
  public synchronized String sha256() {
    MessageDigest soFar;
    try {
      soFar = (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException(impossible);
    }
    return HexFormat.of().formatHex(soFar.digest());
  }

  /** Whether the body has been read to its proper end. */
  public synchronized boolean isComplete() {
    return complete;
  }

  public synchronized List<Header> trailers() {
    return trailers;
  }

  public @Nullable String trailer(String name) {
    return Header.first(trailers(), name);
  }

  @Override
  public String toString() {
    return head() + text();
  }
}
