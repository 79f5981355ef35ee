package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/**
 * Puts a {@link FieldBlock} into a frame, and does the one thing about compression that depends on
 * the connection: where the peer wants a smaller table than the protocol begins with, it must be
 * told that the table is not used (RFC 7541 section 4.2).
 */
@LoopConfined
public final class FieldEncoder implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {
  private static final int INITIAL_TABLE = 4096;
  private static final int TABLE_OF_SIZE_ZERO = 0x20;

  private long maxTable = INITIAL_TABLE;
  private boolean tableGivenUp;
  private boolean tell;

  @Override
  public void encodeHeaders(int streamId, Http2Headers headers, ByteBuf out) {
    if (tell) {
      tell = false;
      out.writeByte(TABLE_OF_SIZE_ZERO);
    }
    ((FieldBlock) headers).writeTo(out);
  }

  @Override
  public Configuration configuration() {
    return this;
  }

  @Override
  public void maxHeaderTableSize(long max) {
    maxTable = max;
    if (max < INITIAL_TABLE && !tableGivenUp) {
      tableGivenUp = true;
      tell = true;
    }
  }

  @Override
  public long maxHeaderTableSize() {
    return maxTable;
  }

  @Override
  public void maxHeaderListSize(long max) {
    // Advice only (RFC 9113 section 6.5.2): a message that the peer finds too large, it refuses.
  }

  @Override
  public long maxHeaderListSize() {
    return Long.MAX_VALUE;
  }
}
