package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * How a client's HTTP/2 connection comes to its end (RFC 9113 section 6.8).
 *
 * <p>In order: the client is told first that the end is near, and a moment later where it is, so
 * that no request is lost that was sent in between; the connection closes with its last stream. Or
 * at once, with the reason: then the connection is read on for a moment, as a close with unread
 * bytes would be a reset and could take the reason with it.
 */
@LoopConfined
final class Http2Ending {
  /** How long after announcing the end requests that crossed the announcement are still taken. */
  private static final long CROSSING = TimeUnit.SECONDS.toNanos(1);

  private final Http2Connection connection;
  private final Loop loop;
  private boolean draining;
  private boolean lastCall;
  private boolean closing;

  Http2Ending(Http2Connection connection, Loop loop) {
    this.connection = connection;
    this.loop = loop;
  }

  /** Whether the connection is closed, or as good as that: nothing that comes is looked at. */
  boolean closing() {
    return closing;
  }

  /** The channel is closed or being closed without a word. */
  void closed() {
    closing = true;
  }

  void drain() {
    if (draining || closing) {
      return;
    }
    draining = true;
    announce(Integer.MAX_VALUE);
    loop.arm(
        new Deadline() {
          @Override
          protected void expired() {
            lastCall();
          }
        },
        CROSSING);
  }

  private void lastCall() {
    if (closing) {
      return;
    }
    lastCall = true;
    if (connection.connection().numActiveStreams() == 0) {
      now(Http2Error.NO_ERROR, "");
    } else {
      announce(connection.connection().remote().lastStreamCreated());
    }
  }

  private void announce(int lastStream) {
    ChannelHandlerContext ctx = connection.ctx();
    connection.goAway(
        ctx, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
    connection.scheduleFlush();
  }

  /** The last stream is over; says whether the connection ends with it. */
  boolean withLastStream() {
    if (lastCall && !closing) {
      loop.execute(() -> now(Http2Error.NO_ERROR, ""));
    }
    return lastCall;
  }

  /**
   * Ends the connection and every request on it.
   *
   * @param why for the client's log; words of our own
   */
  void now(Http2Error error, String why) {
    if (closing) {
      return;
    }
    closing = true;
    ChannelHandlerContext ctx = connection.ctx();
    ByteBuf debug = Unpooled.wrappedBuffer(why.getBytes(StandardCharsets.US_ASCII));
    connection
        .encoder()
        .frameWriter()
        .writeGoAway(
            ctx,
            connection.connection().remote().lastStreamCreated(),
            error.code(),
            debug,
            ctx.newPromise());
    // The same promise as when the channel becomes inactive: the library compares them.
    connection.connection().close(ctx.voidPromise());
    Lingering.close(ctx.channel(), loop);
  }
}
