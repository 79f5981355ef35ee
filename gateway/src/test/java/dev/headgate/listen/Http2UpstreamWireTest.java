package dev.headgate.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Frame;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2ReceivedRequest;
import dev.headgate.testkit.http2.Http2Response;
import dev.headgate.testkit.http2.Http2Stream;
import dev.headgate.testkit.http2.Setting;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Requests that go on to an origin that speaks HTTP/2. */
@OnEveryTransport
class Http2UpstreamWireTest {
  @Parameter private Gateways gateways;

  @Test
  void passesARequestAndItsAnswer() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.readBody();
              exchange.respond(201, exchange.request().text() + "!", "x-b: 2");
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response =
          client.post("/a?b=c", "hello", "x-a: 1", "cookie: a=1", "cookie: b=2", "te: trailers");

      assertThat(response.status()).isEqualTo(201);
      assertThat(response.text()).isEqualTo("hello!");
      assertThat(response.header("x-b")).isEqualTo("2");
      Http2ReceivedRequest request = origin.onlyRequest();
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.path()).isEqualTo("/a?b=c");
      assertThat(request.authority()).isEqualTo("localhost");
      assertThat(request.header(":scheme")).isEqualTo("http");
      assertThat(request.header("x-a")).isEqualTo("1");
      assertThat(request.header("cookie")).isEqualTo("a=1; b=2");
      assertThat(request.header("host")).isNull();
      assertThat(request.isComplete()).isTrue();
    }
  }

  @Test
  void putsFieldNamesFromHttp1IntoLowerCase() throws Exception {
    try (var origin = Http2Origin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = RawClient.connect(gateway.port())) {
      client.send(
          "GET / HTTP/1.1\r\nHost: h\r\nX-Mixed: Y\r\nConnection: x-gone\r\nX-Gone: 1\r\n\r\n");
      var response = client.readResponse();
      assertThat(response.text()).isEqualTo("x");
      assertThat(origin.onlyRequest().header("x-mixed")).isEqualTo("Y");
      assertThat(origin.onlyRequest().header("x-gone")).isNull();
    }
  }

  @Test
  void carriesManyRequestsOnOneConnection() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> exchange.respond(200, "" + exchange.request().path()));
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      List<Http2Stream> streams = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        streams.add(client.open(client.request("GET", "/" + i), true));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(streams.get(i).response().text()).isEqualTo("/" + i);
      }
      assertThat(origin.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void opensNoMoreStreamsThanTheOriginTakes() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (var origin =
            Http2Origin.start(
                OriginOptions.plain(),
                exchange -> {
                  release.await();
                  exchange.respond(200, "x");
                },
                Setting.MAX_CONCURRENT_STREAMS,
                3);
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      List<Http2Stream> streams = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        streams.add(client.open(client.request("GET", "/"), true));
      }
      origin.awaitRequest(3);
      release.countDown();
      for (Http2Stream stream : streams) {
        assertThat(stream.response().status()).isEqualTo(200);
      }
      assertThat(origin.awaitConnection(1).peakStreams()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void passesInterimAnswersAndTrailers() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.readBody();
              exchange.sendInformational(103, "link: </a>");
              exchange.respondHead(200);
              exchange.data("abc");
              exchange.end("x-sum: 3");
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/");
      stream.send("part", false);
      stream.sendTrailers("x-check: 1");
      Http2Response response = stream.response();
      assertThat(response.informational()).hasSize(1);
      assertThat(response.text()).isEqualTo("abc");
      assertThat(response.trailer("x-sum")).isEqualTo("3");
      assertThat(origin.onlyRequest().trailer("x-check")).isEqualTo("1");
    }
  }

  @Test
  void passesAnAnswerThatIsTrailersAlone() throws Exception {
    try (var origin =
            Http2Origin.start(exchange ->
                exchange.sendHead(
                    Header.list(":status: 200", "content-type: application/grpc", "grpc-status: 5"),
                    true));
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response =
          client.post("/", "", "content-type: application/grpc", "te: trailers");
      assertThat(response.header("grpc-status")).isEqualTo("5");
      assertThat(response.body()).isEmpty();
      assertThat(origin.onlyRequest().headers("te")).containsExactly("trailers");
    }
  }

  @Test
  void relaysAWebSocketFromEitherProtocol() throws Exception {
    try (var origin =
            Http2Origin.start(
                OriginOptions.plain(),
                exchange -> {
                  exchange.respondHead(200);
                  exchange.data(new String(exchange.body().readNBytes(5), UTF_8) + "!");
                  exchange.end();
                },
                Setting.ENABLE_CONNECT_PROTOCOL,
                1);
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2();
        var http1 = RawClient.connect(gateway.port())) {
      Http2Stream stream = client.openWebSocket("/ws");
      assertThat(Header.first(stream.awaitHeaders(), ":status")).isEqualTo("200");
      stream.send("hello", false);
      assertThat(new String(stream.body().readAllBytes(), UTF_8)).isEqualTo("hello!");
      stream.send("", true);
      assertThat(origin.lastRequest().method()).isEqualTo("CONNECT");
      assertThat(origin.lastRequest().header(":protocol")).isEqualTo("websocket");

      http1.send(
          "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      var head = http1.readHead();
      assertThat(head.status()).isEqualTo(101);
      assertThat(head.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      http1.send("howdy");
      assertThat(http1.readUntil("!")).endsWith("howdy!");
    }
  }

  @Test
  void saysThatAnOriginTakesNoWebSockets() throws Exception {
    try (var origin = Http2Origin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response = client.openWebSocket("/ws").response();
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.text()).contains("upstream.no_websocket");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void triesAgainWhatAnOriginDidNotTakeUp() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var origin =
            Http2Origin.start(exchange -> {
              if (calls.incrementAndGet() == 1) {
                exchange.reset(Http2Error.REFUSED_STREAM);
              } else {
                exchange.respond(200, "second");
              }
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/").text()).isEqualTo("second");
    }
  }

  @Test
  void triesAgainOnAnotherConnectionWhatAFarewellLeftOut() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var origin =
            Http2Origin.start(exchange -> {
              if (calls.incrementAndGet() == 1) {
                exchange.connection().goAway(0, Http2Error.NO_ERROR);
                exchange.awaitReset();
              } else {
                exchange.respond(200, "second");
              }
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/").text()).isEqualTo("second");
      assertThat(origin.connectionCount()).isEqualTo(2);
    }
  }

  @Test
  void finishesWhatWasTakenUpBeforeAFarewell() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (var origin =
            Http2Origin.start(exchange -> {
              if ("/slow".equals(exchange.request().path())) {
                exchange.connection().goAway(exchange.stream().id(), Http2Error.NO_ERROR);
                release.await();
              }
              exchange.respond(200, "x");
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream slow = client.open(client.request("GET", "/slow"), true);
      origin.awaitRequest(1);
      assertThat(client.get("/other").status()).isEqualTo(200);
      release.countDown();
      assertThat(slow.response().status()).isEqualTo(200);
      origin.awaitOpenConnections(1);
    }
  }

  @Test
  void doesNotTryAgainWhatAnOriginReset() throws Exception {
    try (var origin = Http2Origin.start(exchange -> exchange.reset(Http2Error.INTERNAL_ERROR));
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response = client.get("/");
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.text()).contains("upstream.reset");
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void breaksOffWhatAnOriginBrokeOff() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.respondHead(200);
              exchange.data("abc");
              exchange.reset(Http2Error.INTERNAL_ERROR);
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response = client.get("/");
      assertThat(response.resetCode()).isEqualTo(Http2Error.INTERNAL_ERROR);
    }
  }

  @Test
  void refusesMalformedAnswers() throws Exception {
    String[] fields = {"connection: close", "Upper: x", "content-length: x", ":path: /"};
    for (String field : fields) {
      try (var origin =
              Http2Origin.start(exchange -> {
                List<Header> head = Header.list(":status: 200", field);
                exchange.sendHead(head, true);
                exchange.awaitReset();
              });
          var gateway = gateways.inFrontOfHttp2(origin.url());
          var client = gateway.connectHttp2()) {
        Http2Response response = client.get("/");
        assertThat(response.status()).as(field).isEqualTo(502);
        assertThat(response.text()).contains("upstream.protocol");
      }
    }
  }

  @Test
  void refusesAnAnswerThatIsNotAsLongAsAnnounced() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.respondHead(200, "content-length: 5");
              exchange.data("abc");
              exchange.end();
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/").resetCode()).isEqualTo(Http2Error.INTERNAL_ERROR);
    }
  }

  @Test
  void saysThatAnOriginSpeaksNoHttp2() throws Exception {
    try (var origin =
            ScriptedOrigin.startRaw(connection -> {
              connection.wire().reader().bytes(24);
              connection.wire().output().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
              connection.wire().close();
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response = client.get("/");
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.text()).contains("upstream.");
    }
  }

  @Test
  void resetsTheStreamOfAClientThatIsGone() throws Exception {
    CountDownLatch reset = new CountDownLatch(1);
    try (var origin =
            Http2Origin.start(exchange -> {
              if ("/slow".equals(exchange.request().path())) {
                exchange.awaitReset();
                reset.countDown();
              } else {
                exchange.respond(200, "x");
              }
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open(client.request("GET", "/slow"), true);
      origin.awaitRequest(1);
      stream.reset(Http2Error.CANCEL);
      reset.await();
      assertThat(origin.requests().getFirst().resetCode()).isEqualTo(Http2Error.CANCEL);
      assertThat(client.get("/").status()).isEqualTo(200);
      assertThat(origin.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void stopsSendingWhatAnOriginAnsweredEarly() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.respondHead(200);
              exchange.data("early");
              exchange.end();
              exchange.awaitReset();
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/");
      stream.send("part", false);
      assertThat(stream.response().text()).isEqualTo("early");
      assertThat(stream.awaitReset()).isEqualTo(Http2Error.NO_ERROR);
      assertThat(client.connection().frames()).noneMatch(frame -> frame.type() == Frame.GOAWAY);
    }
  }
}
