package dev.headgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What has arrived and could not be used yet. */
public final class Buffers {
  private Buffers() {}

  /** Joins what is left of an earlier buffer with one that came now; takes over both. */
  public static ByteBuf append(ByteBufAllocator alloc, @Nullable ByteBuf left, ByteBuf next) {
    if (left == null) {
      return next;
    }
    if (!left.isReadable()) {
      left.release();
      return next;
    }
    ByteBuf both = alloc.directBuffer(left.readableBytes() + next.readableBytes());
    both.writeBytes(left).writeBytes(next);
    left.release();
    next.release();
    return both;
  }
}
