package dev.headgate.worker;

import dev.headgate.concurrent.LoopConfined;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection that was reset without anybody being told. Where a reset arrives while the
 * bytes before it are being read, Netty's io_uring transport takes note of it, finds nothing more
 * to read, and then waits for a readiness of which the one event has passed; the request on the
 * connection would wait for its timeout. That can only happen together with a read. So whenever a
 * connection has been quiet for a moment after one, the kernel is asked once what state it is in.
 */
@LoopConfined
final class ResetWatch extends ChannelInboundHandlerAdapter implements Runnable {
  private static final long QUIET_MILLIS = 500;

  /** The state of a connection that was reset: TCP_CLOSE of the kernel's enumeration. */
  private static final int CLOSED = 7;

  private final IoUringSocketChannel channel;
  private boolean waiting;
  private boolean readSince;

  private ResetWatch(IoUringSocketChannel channel) {
    this.channel = channel;
  }

  /** Has the connection watched. */
  static <C extends Channel> C over(C channel) {
    if (channel instanceof IoUringSocketChannel socket) {
      socket.pipeline().addFirst(new ResetWatch(socket));
    }
    return channel;
  }

  /** For the channel that accepts connections: has each of them watched. */
  static final class Accepted extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
      ctx.fireChannelRead(over((Channel) accepted));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readSince = true;
    if (!waiting) {
      look();
    }
    ctx.fireChannelReadComplete();
  }

  private void look() {
    waiting = true;
    channel.eventLoop().schedule(this, QUIET_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    waiting = false;
    if (!channel.isOpen()) {
      return;
    }
    // What was sent before a reset is there to be read, and may be held back for now.
    boolean again = readSince || !channel.config().isAutoRead();
    readSince = false;
    if (again) {
      look();
    } else if (channel.tcpInfo(new IoUringTcpInfo()).state() == CLOSED) {
      channel.close();
    }
  }
}
