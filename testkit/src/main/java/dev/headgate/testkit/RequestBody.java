package dev.headgate.testkit;

import java.io.IOException;
import java.io.InputStream;

/** A request body that is noted down in its {@link ReceivedRequest} as the script reads it. */
final class RequestBody extends InputStream {
  private final MessageBody body;
  private final ReceivedRequest request;
  private final Runnable changed;

  RequestBody(MessageBody body, ReceivedRequest request, Runnable changed) {
    this.body = body;
    this.request = request;
    this.changed = changed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = body.read(target, offset, length);
    if (count > 0) {
      request.received(target, offset, count);
    }
    if (body.hasEnded() && !request.isComplete()) {
      request.completed(body.trailers());
    }
    changed.run();
    return count;
  }

  /** Reads and notes what is left, holding nothing. */
  void drain() throws IOException {
    byte[] block = new byte[16 * 1024];
    int count;
    do {
      count = read(block, 0, block.length);
    } while (count >= 0);
  }
}
