package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import org.jspecify.annotations.Nullable;

/**
 * What is sent on one stream.
 *
 * <p>The last piece of a body is held back until it is known whether another follows, so that the
 * end of the stream goes out with it and not in a frame of its own.
 */
@LoopConfined
public final class OutgoingBody {
  private final Http2ConnectionEncoder encoder;
  private final ChannelHandlerContext ctx;
  private final int stream;
  private @Nullable ByteBuf last;

  public OutgoingBody(Http2ConnectionEncoder encoder, ChannelHandlerContext ctx, int stream) {
    this.encoder = encoder;
    this.ctx = ctx;
    this.stream = stream;
  }

  /** Sends a head, or trailers. */
  public void fields(FieldBlock block, boolean end) {
    encoder.writeHeaders(ctx, stream, block, 0, end, ctx.newPromise());
  }

  /** Sends a piece of the body and takes it over. */
  public void data(ByteBuf data) {
    writeLast();
    last = data;
  }

  /** Lets go of the piece that is held back. */
  public void writeLast() {
    ByteBuf data = last;
    if (data != null) {
      last = null;
      write(data, false);
    }
  }

  /** Ends the stream. */
  public void end(@Nullable Headers trailers) {
    ByteBuf data = last;
    last = null;
    if (trailers == null) {
      write(data == null ? Unpooled.EMPTY_BUFFER : data, true);
      return;
    }
    if (data != null) {
      write(data, false);
    }
    // The body may have to wait for the peer's window, and the trailers with it: they need a block
    // of their own.
    fields(new FieldBlock().trailers().fields(trailers), true);
  }

  private void write(ByteBuf data, boolean end) {
    encoder.writeData(ctx, stream, data, 0, end, ctx.newPromise());
  }

  /** Drops what is held back: the stream is gone. */
  public void release() {
    ByteBuf data = last;
    if (data != null) {
      last = null;
      data.release();
    }
  }
}
