package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.telemetry.ListenerMetrics;
import dev.headgate.tls.TlsFacts;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a TLS handshake, which says which protocol the client speaks. */
@LoopConfined
final class AfterHandshake extends ChannelInboundHandlerAdapter {
  private final ListenerLoop loop;
  private final ClientContext context;
  private final ClientInfo plain;
  private final ListenerMetrics metrics;

  AfterHandshake(
      ListenerLoop loop, ClientContext context, ClientInfo plain, ListenerMetrics metrics) {
    this.loop = loop;
    this.context = context;
    this.plain = plain;
    this.metrics = metrics;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      ctx.fireUserEventTriggered(event);
    } else if (handshake.isSuccess()) {
      TlsFacts facts = TlsFacts.of(ctx.pipeline().get(SslHandler.class));
      metrics.handshake();
      loop.acknowledge(ctx.channel());
      ClientInfo client =
          new ClientInfo(
              plain.listener(),
              plain.peer(),
              plain.peerText(),
              plain.port(),
              true,
              facts.version(),
              facts.client() == null ? null : ClientCertificate.of(facts.client()));
      loop.speak(ctx.channel(), context, client, facts.protocol());
      ctx.pipeline().remove(this);
    } else {
      metrics.handshakeFailed(reason(handshake.cause()));
      ctx.close();
    }
  }

  /** A word from a fixed set: what the peer says is not shown. */
  private static String reason(@Nullable Throwable cause) {
    for (Throwable c = cause; c != null; c = c.getCause()) {
      switch (c) {
        case SslHandshakeTimeoutException _ -> {
          return "timeout";
        }
        case NotSslRecordException _ -> {
          return "not_tls";
        }
        case CertificateException _ -> {
          return "client_certificate";
        }
        case ClosedChannelException _ -> {
          return "closed";
        }
        default -> {}
      }
    }
    return "protocol";
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The handshake's own event has told why already.
    ctx.close();
  }
}
