package dev.headgate.listen;

import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reads the PROXY protocol header that a connection begins with (versions 1 and 2), tells who it
 * says is calling, and leaves. A connection that begins otherwise is closed: nothing that came
 * before the header can be believed.
 */
final class ProxyProtocol extends ChannelInboundHandlerAdapter {
  private final InetSocketAddress peer;
  private final Consumer<InetSocketAddress> identified;
  private final Deadline timeout;

  private ProxyProtocol(
      Channel channel, InetSocketAddress peer, Consumer<InetSocketAddress> identified) {
    this.peer = peer;
    this.identified = identified;
    this.timeout =
        new Deadline() {
          @Override
          protected void expired() {
            channel.close();
          }
        };
  }

  /**
   * Puts the reader into a connection's pipeline.
   *
   * @param peer the other end of the connection, who calls if the header does not say (LOCAL,
   *     UNKNOWN)
   * @param patience how long the header may take
   * @param identified is told who calls and adds what comes next
   */
  static void await(
      Channel channel,
      InetSocketAddress peer,
      Loop loop,
      Duration patience,
      Consumer<InetSocketAddress> identified) {
    ProxyProtocol reader = new ProxyProtocol(channel, peer, identified);
    channel.pipeline().addLast(new HAProxyMessageDecoder(), reader);
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
    identified.accept(caller);
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
    // A header that is none.
    ctx.close();
  }
}
