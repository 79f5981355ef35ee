package dev.headgate.admin;

import dev.headgate.admin.AdminPages.Answer;
import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the admin endpoints: one request at a time, and nothing more is read before its
 * answer has gone out, so a client that does not read holds one page at most.
 */
@LoopConfined
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final AdminPages pages;
  private final boolean loopback;

  /**
   * @param loopback whether only this machine can connect; then a name other than localhost in the
   *     Host field can only come from a browser that was tricked (DNS rebinding)
   */
  AdminHandler(AdminPages pages, boolean loopback) {
    this.pages = pages;
    this.loopback = loopback;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message instanceof HttpRequest request) {
      ctx.channel().config().setAutoRead(false);
      send(ctx, request, answer(request));
    }
    // A body is of no use here: an empty end is all that a request that keeps its connection has.
  }

  private Answer answer(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return pages.problem(HttpResponseStatus.BAD_REQUEST, "admin.bad_request", "not HTTP/1.1");
    }
    HttpMethod method = request.method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      return pages.problem(
          HttpResponseStatus.METHOD_NOT_ALLOWED, "admin.read_only", "only GET and HEAD");
    }
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && isHttp11(request))) {
      return pages.problem(
          HttpResponseStatus.BAD_REQUEST, "admin.bad_host", "exactly one Host field is needed");
    }
    if (loopback && !hosts.isEmpty() && !namesThisMachine(hosts.getFirst())) {
      return pages.problem(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "admin.bad_host",
          "the Host field must be an address or localhost");
    }
    String accept = String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT));
    try {
      return pages.answer(request.uri(), accept);
    } catch (RuntimeException e) {
      LOG.error("An admin page could not be made", e);
      return pages.problem(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, "admin.failed", "see the process log");
    }
  }

  private static boolean isHttp11(HttpRequest request) {
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  private static boolean namesThisMachine(String host) {
    int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
    String name = colon < 0 ? host : host.substring(0, colon);
    return name.equalsIgnoreCase("localhost")
        || NetUtil.isValidIpV4Address(name)
        || (name.startsWith("[") && NetUtil.isValidIpV6Address(name));
  }

  private static void send(ChannelHandlerContext ctx, HttpRequest request, Answer answer) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, answer.status(), Unpooled.wrappedBuffer(answer.page().body()));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.page().contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, answer.page().body().length)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("x-content-type-options", "nosniff");
    if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    boolean keep =
        request.decoderResult().isSuccess()
            && HttpUtil.isKeepAlive(request)
            && !HttpUtil.isTransferEncodingChunked(request)
            && HttpUtil.getContentLength(request, 0L) == 0;
    HttpUtil.setKeepAlive(response, keep);
    ctx.writeAndFlush(response)
        .addListener(
            keep ? sent -> ctx.channel().config().setAutoRead(true) : ChannelFutureListener.CLOSE);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof IdleStateEvent) {
      var _ = ctx.close();
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.warn("An admin connection failed", cause);
    }
    var _ = ctx.close();
  }
}
