package dev.headgate.listen;

import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which the client may still be sending: says that nothing more will come,
 * reads and drops what arrives for a moment, and then closes. A plain close would answer those
 * bytes with a reset, and a reset can make the client lose the answer it has not read yet (RFC 9112
 * section 9.6).
 */
final class Lingering {
  private static final long MOMENT = TimeUnit.SECONDS.toNanos(1);

  private Lingering() {}

  static void close(Channel channel, Loop loop) {
    channel
        .writeAndFlush(channel.alloc().buffer(0))
        .addListener(sent -> {
          if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            duplex.shutdownOutput();
            loop.arm(
                new Deadline() {
                  @Override
                  protected void expired() {
                    channel.close();
                  }
                },
                MOMENT);
          } else {
            channel.close();
          }
        });
  }
}
