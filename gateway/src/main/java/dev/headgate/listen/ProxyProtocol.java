package dev.headgate.listen;

import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Reads the PROXY protocol header that a connection begins with (versions 1 and 2), tells who it
 * says is calling, and leaves. A connection that begins otherwise is closed: nothing that came
 * before the header can be believed.
 */
final class ProxyProtocol extends ChannelInboundHandlerAdapter {
  /** What a version 2 header may say beyond addresses, in bytes: load balancers say some 100. */
  private static final int EXTENSIONS = 4096;

  private final InetSocketAddress peer;
  private final Outcome outcome;
  private final Deadline timeout;
  private boolean refused;

  /** What comes of waiting for the header; one of the two is called, once, or the peer leaves. */
  interface Outcome {
    /** It is known who calls: adds what comes next to the pipeline. */
    void identified(InetSocketAddress caller);

    /**
     * The connection is to be closed.
     *
     * @param reason a stable word
     */
    void refused(String reason);
  }

  private ProxyProtocol(InetSocketAddress peer, Outcome outcome) {
    this.peer = peer;
    this.outcome = outcome;
    this.timeout =
        new Deadline() {
          @Override
          protected void expired() {
            outcome.refused("proxy.timeout");
          }
        };
  }

  /**
   * Puts the reader into a connection's pipeline.
   *
   * @param peer the other end of the connection, who calls if the header does not say (LOCAL,
   *     UNKNOWN)
   * @param patience how long the header may take
   */
  static void await(
      Channel channel, InetSocketAddress peer, Loop loop, Duration patience, Outcome outcome) {
    ProxyProtocol reader = new ProxyProtocol(peer, outcome);
    channel.pipeline().addLast(new HAProxyMessageDecoder(EXTENSIONS), reader);
    loop.arm(reader.timeout, patience.toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    HAProxyMessage header = (HAProxyMessage) message;
    InetSocketAddress caller;
    try {
      caller = caller(header);
    } finally {
      header.release();
    }
    timeout.disarm();
    outcome.identified(caller);
    ctx.pipeline().remove(this);
  }

  private InetSocketAddress caller(HAProxyMessage header) {
    String source = header.sourceAddress();
    if (header.command() == HAProxyCommand.LOCAL || source == null) {
      return peer;
    }
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(source);
    return address == null ? peer : new InetSocketAddress(address, header.sourcePort());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    timeout.disarm();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    timeout.disarm();
    if (!(cause instanceof DecoderException)) {
      ctx.close();
    } else if (!refused) {
      // The decoder says it again when the channel is closed.
      refused = true;
      outcome.refused("proxy.malformed");
    }
  }
}
