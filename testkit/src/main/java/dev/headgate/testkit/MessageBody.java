package dev.headgate.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The decoded body of an HTTP/1 message as a stream, then its trailers. Holds nothing in memory.
 */
final class MessageBody extends InputStream {
  private enum Framing {
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final ByteReader reader;
  private final Framing framing;
  private long remaining;
  private boolean firstChunk = true;
  private boolean ended;
  private List<Header> trailers = List.of();

  private MessageBody(ByteReader reader, Framing framing, long remaining) {
    this.reader = reader;
    this.framing = framing;
    this.remaining = remaining;
    this.ended = framing == Framing.LENGTH && remaining == 0;
  }

  static MessageBody none(ByteReader reader) {
    return new MessageBody(reader, Framing.LENGTH, 0);
  }

  static MessageBody ofRequest(ByteReader reader, Head head) throws IOException {
    if (head.isChunked()) {
      return new MessageBody(reader, Framing.CHUNKED, 0);
    }
    return new MessageBody(reader, Framing.LENGTH, Math.max(0, head.contentLength()));
  }

  static MessageBody ofResponse(ByteReader reader, Head head) throws IOException {
    if (head.isChunked()) {
      return new MessageBody(reader, Framing.CHUNKED, 0);
    }
    long length = head.contentLength();
    return length < 0
        ? new MessageBody(reader, Framing.UNTIL_CLOSE, 0)
        : new MessageBody(reader, Framing.LENGTH, length);
  }

  boolean hasEnded() {
    return ended;
  }

  List<Header> trailers() {
    return trailers;
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
    if (!ended && framing == Framing.CHUNKED && remaining == 0) {
      startChunk();
    }
    if (ended) {
      return -1;
    }
    int wanted = framing == Framing.UNTIL_CLOSE ? length : (int) Math.min(length, remaining);
    int count = reader.read(target, offset, wanted);
    if (count < 0) {
      if (framing != Framing.UNTIL_CLOSE) {
        throw new EOFException("The stream ended " + remaining + " bytes before the body's end");
      }
      ended = true;
      return -1;
    }
    remaining -= count;
    ended = framing == Framing.LENGTH && remaining == 0;
    return count;
  }

  private void startChunk() throws IOException {
    if (!firstChunk && !reader.line(0).isEmpty()) {
      throw new ProtocolViolation("No CRLF after the chunk's data");
    }
    firstChunk = false;
    String size = reader.line(16);
    if (size.isEmpty() || !size.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw new ProtocolViolation("A bad chunk size: \"" + size + "\"");
    }
    remaining = Long.parseLong(size, 16);
    if (remaining == 0) {
      trailers = Head.fields(reader, new StringBuilder());
      ended = true;
    }
  }
}
