package dev.headgate.testkit.http2;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The incoming body of a stream, read as it arrives. */
final class StreamBody extends InputStream {
  private final Http2Stream stream;
  private byte @Nullable [] current = new byte[0];
  private int at;

  StreamBody(Http2Stream stream) {
    this.stream = stream;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (current != null && at == current.length) {
      current = stream.readData();
      at = 0;
    }
    if (current == null) {
      return -1;
    }
    int count = Math.min(length, current.length - at);
    System.arraycopy(current, at, target, offset, count);
    at += count;
    return count;
  }
}
