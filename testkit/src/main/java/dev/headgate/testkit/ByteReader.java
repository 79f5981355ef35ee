package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Buffered reading that loses nothing: a read that times out leaves what has arrived in the buffer.
 * For one thread at a time.
 */
public final class ByteReader extends InputStream {
  private static final int TRANSCRIPT_CAP = 16 * 1024 * 1024;

  private final InputStream in;
  private byte[] buffer = new byte[16 * 1024];
  private int start;
  private int end;
  private @Nullable ByteArrayOutputStream transcript;

  public ByteReader(InputStream in) {
    this.in = in;
  }

  /** Starts to keep the bytes that are consumed from here on, 16 MiB at most. */
  void record() {
    transcript = new ByteArrayOutputStream();
  }

  byte[] recorded() {
    byte[] bytes = transcript == null ? new byte[0] : transcript.toByteArray();
    transcript = null;
    return bytes;
  }

  /** Waits until {@code count} bytes are buffered; false at the end of the stream. */
  public boolean await(int count) throws IOException {
    if (count > buffer.length - start) {
      byte[] target = count > buffer.length ? new byte[count] : buffer;
      System.arraycopy(buffer, start, target, 0, end - start);
      buffer = target;
      end -= start;
      start = 0;
    }
    while (end - start < count) {
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        return false;
      }
      end += read;
    }
    return true;
  }

  /** The bytes that have arrived and are not consumed yet. */
  public byte[] buffered() {
    byte[] bytes = new byte[end - start];
    System.arraycopy(buffer, start, bytes, 0, bytes.length);
    return bytes;
  }

  /** Exactly {@code count} bytes. */
  public byte[] bytes(int count) throws IOException {
    if (!await(count)) {
      throw new EOFException("The stream ended after " + (end - start) + " of " + count + " bytes");
    }
    byte[] bytes = new byte[count];
    System.arraycopy(buffer, start, bytes, 0, count);
    consumed(count);
    return bytes;
  }

  /** A line without its CRLF; a bare CR or LF is a violation. */
  public String line(int cap) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = read();
      switch (next) {
        case -1 -> throw new EOFException("The stream ended inside the line \"" + line + "\"");
        case '\n' -> throw new ProtocolViolation("A bare LF after \"" + line + "\"");
        case '\r' -> {
          if (read() != '\n') {
            throw new ProtocolViolation("A bare CR after \"" + line + "\"");
          }
          return line.toString();
        }
        default -> line.append((char) next);
      }
      if (line.length() > cap) {
        throw new ProtocolViolation("A line of more than " + cap + " bytes");
      }
    }
  }

  /** Everything up to and including {@code marker}. */
  public String until(String marker) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(marker, Math.max(0, text.length() - marker.length())) < 0) {
      int next = read();
      if (next < 0) {
        throw new EOFException("No \"" + marker + "\" in \"" + text + "\"");
      }
      text.append((char) next);
    }
    return text.toString();
  }

  @Override
  public int read() throws IOException {
    if (!await(1)) {
      return -1;
    }
    int value = buffer[start] & 0xff;
    consumed(1);
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!await(1)) {
      return -1;
    }
    int count = Math.min(length, end - start);
    System.arraycopy(buffer, start, target, offset, count);
    consumed(count);
    return count;
  }

  private void consumed(int count) {
    if (transcript != null && transcript.size() < TRANSCRIPT_CAP) {
      transcript.write(buffer, start, count);
    }
    start += count;
    if (start == end) {
      start = 0;
      end = 0;
    }
  }

  @Override
  public String toString() {
    return new String(buffered(), ISO_8859_1);
  }
}
