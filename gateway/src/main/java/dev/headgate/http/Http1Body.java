package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an HTTP/1 message, strictly: by its length, in chunks, or until the connection
 * closes (RFC 9112 sections 6 and 7).
 *
 * <p>Gives out retained slices of what arrived; it copies and keeps nothing but trailer fields.
 */
@LoopConfined
public final class Http1Body {
  /** How the end of a body is found. */
  public enum Framing {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private enum Part {
    SIZE,
    DATA,
    DATA_END,
    TRAILERS,
    DONE
  }

  /** The longest line that holds a chunk's size: 15 hexadecimal digits and a short extension. */
  private static final int SIZE_LINE = 128;

  /** Extensions on all chunks of one body together; nobody uses them but to make work. */
  private static final int EXTENSIONS = 4096;

  private static final int TRAILER_BYTES = 8192;
  private static final int TRAILER_COUNT = 64;

  private Framing framing = Framing.NONE;
  private Part part = Part.DONE;
  private long left;
  private final byte[] sizeLine = new byte[SIZE_LINE];
  private int sizeLineLength;
  private int extensionBytes;
  private @Nullable Headers trailers;
  private int trailerFilled;
  private int trailerLine;

  /**
   * Prepares for a body.
   *
   * @param length for {@link Framing#LENGTH} only, 0 or more
   */
  public void start(Framing newFraming, long length) {
    framing = newFraming;
    left = length;
    trailers = null;
    trailerFilled = 0;
    trailerLine = 0;
    sizeLineLength = 0;
    extensionBytes = 0;
    part =
        switch (newFraming) {
          case NONE -> Part.DONE;
          case LENGTH -> length == 0 ? Part.DONE : Part.DATA;
          case CHUNKED -> Part.SIZE;
          case UNTIL_CLOSE -> Part.DATA;
        };
  }

  /**
   * Prepares for the body of an answer (RFC 9112 section 6.3), and takes away the fields that
   * belong to the connection.
   *
   * @param minor of the version of HTTP/1
   * @param ofHead whether the request was HEAD
   * @return whether the connection is good for another request after it
   */
  public boolean startAnswer(int status, Headers received, int minor, boolean ofHead)
      throws BadMessage {
    long length = MessageRules.bodyLength(received, minor);
    boolean none = ofHead || status == 204 || status == 304;
    boolean keepAlive =
        minor == 1
            ? !MessageRules.hasToken(received, HeaderName.CONNECTION, "close")
            : MessageRules.hasToken(received, HeaderName.CONNECTION, "keep-alive");
    if (none) {
      start(Framing.NONE, 0);
    } else if (length == MessageRules.CHUNKED) {
      start(Framing.CHUNKED, 0);
    } else if (length == MessageRules.UNSTATED) {
      start(Framing.UNTIL_CLOSE, 0);
      keepAlive = false;
    } else {
      start(Framing.LENGTH, length);
    }
    MessageRules.removeHopByHop(received);
    if (status == 204) {
      received.remove(HeaderName.CONTENT_LENGTH);
    }
    return keepAlive;
  }

  public Framing framing() {
    return framing;
  }

  /** Whether no more is left than that, as far as that is known. */
  public boolean within(long bytes) {
    return framing != Framing.LENGTH || left <= bytes;
  }

  public boolean done() {
    return part == Part.DONE;
  }

  /** The trailer fields of a chunked body, once it is {@link #done}; null where there were none. */
  public @Nullable Headers trailers() {
    return trailers;
  }

  /**
   * Tells that the connection has closed: the end of a body without a length, a broken one
   * otherwise.
   */
  public boolean closed() {
    if (framing == Framing.UNTIL_CLOSE) {
      part = Part.DONE;
    }
    return part == Part.DONE;
  }

  /**
   * Reads on.
   *
   * @return the next piece of the body, which the caller must release, or null when there is none
   *     in what has arrived; then look at {@link #done}
   */
  public @Nullable ByteBuf read(ByteBuf in) throws BadMessage {
    while (in.isReadable()) {
      switch (part) {
        case DATA -> {
          return data(in);
        }
        case SIZE -> size(in);
        case DATA_END -> dataEnd(in);
        case TRAILERS -> trailers(in);
        case DONE -> {
          return null;
        }
      }
    }
    return null;
  }

  private ByteBuf data(ByteBuf in) {
    if (framing == Framing.UNTIL_CLOSE) {
      return in.readRetainedSlice(in.readableBytes());
    }
    int count = (int) Math.min(left, in.readableBytes());
    left -= count;
    if (left == 0) {
      part = framing == Framing.LENGTH ? Part.DONE : Part.DATA_END;
      sizeLineLength = 0;
    }
    return in.readRetainedSlice(count);
  }

  private void size(ByteBuf in) throws BadMessage {
    if (!line(in)) {
      return;
    }
    int length = sizeLineLength - 2;
    long value = 0;
    int digits = 0;
    while (digits < length) {
      int digit = Character.digit(sizeLine[digits], 16);
      if (digit < 0) {
        break;
      }
      value = value << 4 | digit;
      digits++;
    }
    if (digits == 0 || digits > 15) {
      throw bad(
          "framing.chunk_size", "a chunk size that is no hexadecimal number of at most 15 digits");
    }
    extension(digits, length);
    sizeLineLength = 0;
    left = value;
    part = value == 0 ? Part.TRAILERS : Part.DATA;
  }

  private void extension(int from, int to) throws BadMessage {
    extensionBytes += to - from;
    if (from < to && sizeLine[from] != ';') {
      throw bad("framing.chunk_size", "something other than an extension after a chunk size");
    }
    for (int i = from; i < to; i++) {
      if (!Tokens.isFieldValue(sizeLine[i])) {
        throw bad("framing.chunk_extension", "a control byte in a chunk extension");
      }
    }
    if (extensionBytes > EXTENSIONS) {
      throw bad(
          "framing.chunk_extension", "more than " + EXTENSIONS + " bytes of chunk extensions");
    }
  }

  /** Collects a line up to and with its CR LF. */
  private boolean line(ByteBuf in) throws BadMessage {
    while (in.isReadable()) {
      if (sizeLineLength == SIZE_LINE) {
        throw bad("framing.chunk_size", "a chunk size line of more than " + SIZE_LINE + " bytes");
      }
      byte b = in.readByte();
      sizeLine[sizeLineLength++] = b;
      if (b == '\n') {
        if (sizeLineLength < 2 || sizeLine[sizeLineLength - 2] != '\r') {
          throw bad("framing.bare_lf", "a chunk size line ends in LF without CR");
        }
        return true;
      }
    }
    return false;
  }

  private void dataEnd(ByteBuf in) throws BadMessage {
    byte expected = sizeLineLength == 0 ? (byte) '\r' : (byte) '\n';
    if (in.readByte() != expected) {
      throw bad("framing.chunk_end", "a chunk's data is not followed by CR LF");
    }
    if (++sizeLineLength == 2) {
      sizeLineLength = 0;
      part = Part.SIZE;
    }
  }

  private void trailers(ByteBuf in) throws BadMessage {
    Headers into = trailers;
    if (into == null) {
      into = new Headers();
      trailers = into;
    }
    while (in.isReadable()) {
      if (trailerFilled >= TRAILER_BYTES) {
        throw new BadMessage(
            431, "limit.trailer_bytes", "trailers of more than " + TRAILER_BYTES + " bytes");
      }
      byte[] bytes = into.storage(trailerFilled + 1);
      byte b = in.readByte();
      bytes[trailerFilled++] = b;
      if (b == '\n' && endOfTrailerLine(into, bytes)) {
        part = Part.DONE;
        into.storageEnd(trailerFilled);
        if (into.isEmpty()) {
          trailers = null;
        }
        return;
      }
    }
  }

  private boolean endOfTrailerLine(Headers into, byte[] bytes) throws BadMessage {
    int end = trailerFilled - 2;
    if (end < trailerLine || bytes[end] != '\r') {
      throw bad("framing.bare_lf", "a trailer line ends in LF without CR");
    }
    if (end == trailerLine) {
      return true;
    }
    if (into.size() >= TRAILER_COUNT) {
      throw new BadMessage(
          431, "limit.trailer_count", "more than " + TRAILER_COUNT + " trailer fields");
    }
    Http1Head.parseField(into, bytes, trailerLine, end);
    trailerLine = trailerFilled;
    return false;
  }

  private static BadMessage bad(String reason, String detail) {
    return new BadMessage(400, reason, detail);
  }
}
