package dev.headgate.telemetry;

import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.Headers;
import java.net.InetAddress;
import java.time.Duration;

/** Makes exchanges as the flow leaves them behind. */
final class Requests {
  static final ClientInfo CLIENT =
      new ClientInfo(
          "public", InetAddress.getLoopbackAddress(), "127.0.0.1", 40_000, true, "TLSv1.3", null);

  private Requests() {}

  /** A request that begins now. */
  static Exchange begun(Loop loop, String path, Headers headers) {
    Exchange exchange =
        new Exchange(
            CLIENT,
            "HTTP/1.1",
            new Exchange.Head("GET", "api.example.com:8443", "api.example.com", path, false),
            headers,
            new Headers(),
            loop.nanos());
    int question = path.indexOf('?');
    exchange.path(
        question < 0 ? path : path.substring(0, question),
        question < 0 ? null : path.substring(question + 1));
    return exchange;
  }

  /** A request that has been answered with 200 and 275 bytes, at once. */
  static Exchange answered(Loop loop, String path) {
    Exchange exchange = begun(loop, path, new Headers());
    exchange.requestId("f00d");
    exchange.traceId("00000000000000000000000000000abc");
    exchange.route("orders");
    exchange.revision(7);
    exchange.status(200);
    exchange.addResponseBytes(275);
    exchange.endNanos(loop.nanos());
    return exchange;
  }

  /** A request that an upstream answered; the gateway took 1 ms before and after. */
  static Exchange proxied(ManualLoop loop, Duration upstreamTime) {
    Exchange exchange = answered(loop, "/orders/7");
    loop.advance(Duration.ofMillis(1));
    exchange.upstream("orders-v1");
    exchange.endpoint("10.0.0.1:8080");
    exchange.forwardNanos(loop.nanos());
    loop.advance(upstreamTime);
    exchange.upstreamHeadNanos(loop.nanos());
    exchange.upstreamEndNanos(loop.nanos());
    loop.advance(Duration.ofMillis(1));
    exchange.endNanos(loop.nanos());
    return exchange;
  }
}
