package dev.headgate.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2Response;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Second attempts over HTTP/2. */
@OnEveryTransport
class Http2RetryWireTest {
  private static final String[] GRPC = {"content-type: application/grpc", "te: trailers"};

  @Parameter private Gateways gateways;
  private final AtomicInteger calls = new AtomicInteger();

  private GatewayUnderTest gateway(String rules, Http2Origin... origins) {
    String urls = String.join("\", \"", List.of(origins).stream().map(Http2Origin::url).toList());
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"], protocol: http2, %s } }
        routes: { all: { match: { path: /** }, auth: public, to: o } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(urls, rules));
  }

  private static Http2Origin.Script trailersOnly(AtomicInteger calls, String second) {
    return exchange -> {
      exchange.readBody();
      if (calls.incrementAndGet() == 1) {
        exchange.sendHead(
            List.of(
                new Header(":status", "200"),
                new Header("content-type", "application/grpc"),
                new Header("grpc-status", "14")),
            true);
      } else {
        exchange.respond(200, second, "content-type: application/grpc");
      }
    };
  }

  @Test
  void aRefusedRequestIsSentAgainWithItsBody() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.readBody();
              if (calls.incrementAndGet() == 1) {
                exchange.reset(Http2Error.REFUSED_STREAM);
              } else {
                exchange.respond(200, "in");
              }
            });
        var gateway = gateway("retry: {}", origin);
        var client = gateway.connectHttp2()) {
      assertThat(client.post("/x", "the body").text()).isEqualTo("in");
      assertThat(origin.requests()).hasSize(2);
      assertThat(origin.lastRequest().text()).isEqualTo("the body");
      assertThat(origin.lastRequest().header("x-attempt-count")).isEqualTo("2");
      gateway.awaitMetric(
          "headgate_upstream_retries_total{reason=\"refused_stream\",upstream=\"o\"}", 1);
    }
  }

  @Test
  void aStreamThatIsResetIsSentAgainWhereThatIsWanted() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              if (calls.incrementAndGet() == 1) {
                exchange.reset(Http2Error.INTERNAL_ERROR);
              } else {
                exchange.respond(200, "in");
              }
            });
        var gateway = gateway("retry: { on: reset }", origin);
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/x").text()).isEqualTo("in");
    }
  }

  @Test
  void aCallWhoseStatusComesAtOnceIsMadeAgain() throws Exception {
    try (var origin = Http2Origin.start(trailersOnly(calls, "in"));
        var gateway = gateway("retry: { grpc: [unavailable] }", origin);
        var client = gateway.connectHttp2()) {
      Http2Response answer = client.post("/s/M", "message", GRPC);
      assertThat(answer.text()).isEqualTo("in");
      assertThat(origin.lastRequest().text()).isEqualTo("message");
    }
  }

  @Test
  void aCallThatFailsAfterAMessageIsNot() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.readBody();
              exchange.respondGrpc(14, new byte[] {1});
            });
        var gateway = gateway("retry: { grpc: [unavailable] }", origin);
        var client = gateway.connectHttp2()) {
      assertThat(client.post("/s/M", "message", GRPC).trailer("grpc-status")).isEqualTo("14");
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void theStreamOfAHedgeThatHasLostIsReset() throws Exception {
    CountDownLatch reset = new CountDownLatch(1);
    Http2Origin.Script slowAtFirst =
        exchange -> {
          if (exchange.request().header("x-attempt-count") == null) {
            exchange.awaitReset();
            reset.countDown();
          } else {
            exchange.respond(200, "second");
          }
        };
    try (var one = Http2Origin.start(slowAtFirst);
        var two = Http2Origin.start(slowAtFirst);
        var gateway = gateway("hedge: 30ms", one, two);
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/x").text()).isEqualTo("second");
      assertThat(reset.await(10, TimeUnit.SECONDS)).isTrue();
      gateway.awaitMetric("headgate_upstream_hedges_total{outcome=\"won\",upstream=\"o\"}", 1);
    }
  }
}
