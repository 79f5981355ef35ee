package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of one HTTP/1 connection: heads by way of the loop's {@link ByteSink}, bodies
 * as they come, in chunks where the length is not known (RFC 9112 section 7.1).
 */
@LoopConfined
public final class Http1Writer {
  private static final byte[] TRANSFER_ENCODING = bytes("transfer-encoding: chunked\r\n");
  private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");
  private static final byte[] HEX = bytes("0123456789abcdef");

  private final Channel channel;
  private final ByteSink sink;
  private boolean chunked;
  private boolean afterChunk;

  public Http1Writer(Channel channel, ByteSink sink) {
    this.channel = channel;
    this.sink = sink;
  }

  /** An empty sink for the first line of a head. */
  public ByteSink head() {
    return sink.clear();
  }

  /**
   * Ends the head that was begun with {@link #head} and writes it.
   *
   * @param asChunks whether the body will be written in chunks
   */
  public void endHead(boolean asChunks) {
    chunked = asChunks;
    afterChunk = false;
    if (asChunks) {
      sink.put(TRANSFER_ENCODING);
    }
    sink.put('\r').put('\n');
    write();
  }

  /** Writes a piece of the body and takes over the buffer. */
  public void data(ByteBuf data) {
    if (!data.isReadable()) {
      data.release();
      return;
    }
    if (chunked) {
      sink.clear();
      if (afterChunk) {
        sink.put('\r').put('\n');
      }
      int size = data.readableBytes();
      for (int shift = (31 - Integer.numberOfLeadingZeros(size)) & ~3; shift >= 0; shift -= 4) {
        sink.put(HEX[(size >> shift) & 15]);
      }
      sink.put('\r').put('\n');
      afterChunk = true;
      write();
    }
    channel.write(data, channel.voidPromise());
  }

  /** Ends the body. */
  public void end(@Nullable Headers trailers) {
    if (!chunked) {
      return;
    }
    sink.clear();
    if (afterChunk) {
      sink.put('\r').put('\n');
    }
    if (trailers == null) {
      sink.put(LAST_CHUNK);
    } else {
      sink.put('0').put('\r').put('\n');
      trailers.writeTo(sink);
      sink.put('\r').put('\n');
    }
    write();
  }

  private void write() {
    ByteBuf buffer = channel.alloc().directBuffer(sink.length());
    buffer.writeBytes(sink.array(), 0, sink.length());
    channel.write(buffer, channel.voidPromise());
  }

  static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }
}
