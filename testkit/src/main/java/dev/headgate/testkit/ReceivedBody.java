package dev.headgate.testkit;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What an origin has read of a request's body: the first bytes, the length and digest of all, and
 * the trailers. Safe for several threads.
 */
public final class ReceivedBody {
  private final int keep;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final MessageDigest digest;
  private long length;
  private boolean complete;
  private List<Header> trailers = List.of();

  /** Keeps the first {@code keep} bytes. */
  public ReceivedBody(int keep) {
    this.keep = keep;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public synchronized void received(byte[] bytes, int offset, int count) {
    digest.update(bytes, offset, count);
    kept.write(bytes, offset, (int) Math.min(count, Math.max(0, keep - length)));
    length += count;
  }

  public synchronized void completed(List<Header> withTrailers) {
    trailers = withTrailers;
    complete = true;
  }

  public synchronized byte[] bytes() {
    return kept.toByteArray();
  }

  public synchronized long length() {
    return length;
  }

  /** Of everything so far, in hex. */
  public synchronized String sha256() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public synchronized boolean isComplete() {
    return complete;
  }

  public synchronized List<Header> trailers() {
    return trailers;
  }
}
