package dev.headgate.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Client;
import dev.headgate.testkit.http2.Http2Response;
import dev.headgate.testkit.http2.Http2Stream;
import dev.headgate.testkit.http2.Setting;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Requests over HTTP/2 that go through. */
@OnEveryTransport
class Http2WireTest {
  @Parameter private Gateways gateways;

  @Test
  void passesARequestAndItsAnswer() throws Exception {
    try (var origin =
            ScriptedOrigin.start(
                exchange -> exchange.respond(201, "made", "X-B: 2", "Set-Cookie: a=b"));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response =
          client.get(
              "/a?b=c",
              "x-a: 1",
              ":authority: api.example.com",
              "cookie: a=1",
              "cookie: b=2",
              "te: trailers",
              "host: api.example.com");

      assertThat(response.status()).isEqualTo(201);
      assertThat(response.text()).isEqualTo("made");
      assertThat(response.header("x-b")).isEqualTo("2");
      assertThat(response.header("set-cookie")).isEqualTo("a=b");
      assertThat(response.header("connection")).isNull();
      assertThat(response.header("transfer-encoding")).isNull();
      var request = origin.onlyRequest();
      assertThat(request.target()).isEqualTo("/a?b=c");
      assertThat(request.headers("host")).containsExactly("api.example.com");
      assertThat(request.header("te")).isNull();
      assertThat(request.header("x-a")).isEqualTo("1");
      assertThat(request.headers("cookie")).containsExactly("a=1; b=2");
    }
  }

  @Test
  void stillSpeaksHttp1OnTheSamePort() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "hi"));
        var gateway = gateways.inFrontOf(origin.url());
        var client = RawClient.connect(gateway.port())) {
      client.send("P");
      client.send("ATCH /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(origin.onlyRequest().method()).isEqualTo("PATCH");
    }
  }

  @Test
  void sendsABodyUpAndDown() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.readBody();
              exchange.respond(200, exchange.request().text() + "!");
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      assertThat(client.post("/", "hello").text()).isEqualTo("hello!");
      assertThat(client.post("/", "hello", "content-length: 5").text()).isEqualTo("hello!");
      assertThat(origin.lastRequest().header("content-length")).isEqualTo("5");
      assertThat(client.post("/", "").text()).isEqualTo("!");
    }
  }

  @Test
  void passesTrailersBothWays() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.readBody();
              exchange.startChunked(200, "Trailer: x-sum");
              exchange.chunk("abc");
              exchange.endChunks("x-sum: 3");
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/");
      stream.send("part", false);
      stream.sendTrailers("x-check: 1");
      Http2Response response = stream.response();

      assertThat(response.text()).isEqualTo("abc");
      assertThat(response.trailer("x-sum")).isEqualTo("3");
      assertThat(origin.onlyRequest().trailer("x-check")).isEqualTo("1");
    }
  }

  @Test
  void servesManyStreamsAtOnce() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> exchange.respond(200, exchange.request().target()));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      List<Http2Stream> streams = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        streams.add(client.open(client.request("GET", "/" + i), true));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(streams.get(i).response().text()).isEqualTo("/" + i);
      }
    }
  }

  @Test
  void answersByItself() throws Exception {
    try (var gateway = gateways.inFrontOf("http://127.0.0.1:1");
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/hi").text()).isEqualTo("hi");
      Http2Response head = client.open(client.request("HEAD", "/hi"), true).response();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("2");
      assertThat(head.body()).isEmpty();
      assertThat(client.get("/elsewhere").status()).isEqualTo(502);
    }
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> exchange.respondHead(200, "Content-Length: 1000"));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response head = client.open(client.request("HEAD", "/"), true).response();
      assertThat(head.header("content-length")).isEqualTo("1000");
      assertThat(head.body()).isEmpty();
      assertThat(head.resetCode()).isNull();
    }
  }

  @Test
  void passesAnswersWithoutABody() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange ->
                exchange.respondHead(
                    exchange.request().target().equals("/204") ? 204 : 304, "ETag: x"));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      assertThat(client.get("/204").status()).isEqualTo(204);
      Http2Response notModified = client.get("/304");
      assertThat(notModified.status()).isEqualTo(304);
      assertThat(notModified.header("etag")).isEqualTo("x");
    }
  }

  @Test
  void passesInterimAnswers() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.sendInformational(103, "Link: </a.css>");
              exchange.respond(200, "x");
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response = client.get("/");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.informational()).hasSize(1);
      assertThat(response.informational().getFirst().status()).isEqualTo(103);
      assertThat(response.informational().getFirst().header("link")).isEqualTo("</a.css>");
    }
  }

  @Test
  void stopsAnUploadThatIsAnsweredEarly() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/small/");
      stream.send("more than ten bytes", false);
      Http2Response response = stream.response();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.text()).contains("body.too_large");
      assertThat(stream.awaitReset()).isEqualTo(Http2Error.NO_ERROR);
      // The connection goes on.
      assertThat(client.get("/").status()).isEqualTo(200);
    }
  }

  @Test
  void tellsAClientThatAnAnswerBrokeOff() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respondHead(200, "Content-Length: 10");
              exchange.send("abc");
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Response response = client.get("/");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.resetCode()).isEqualTo(Http2Error.INTERNAL_ERROR);
    }
  }

  @Test
  void relaysAWebSocket() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.upgradeToWebSocket();
              exchange.send(new String(exchange.input().bytes(5), UTF_8) + "!");
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.openWebSocket("/ws");
      assertThat(Header.first(stream.awaitHeaders(), ":status")).isEqualTo("200");
      stream.send("hello", false);
      assertThat(new String(stream.body().readAllBytes(), UTF_8)).isEqualTo("hello!");
      stream.send("", true);
    }
  }

  @Test
  void announcesItsLimits() throws Exception {
    try (var gateway =
            gateways.inFrontOf(
                "http://127.0.0.1:1", "{ http2: { streams: 7 }, headerBytes: 8KiB }");
        var client = gateway.connectHttp2()) {
      var settings = client.connection().awaitPeerSettings();
      assertThat(settings).containsEntry(Setting.MAX_CONCURRENT_STREAMS, 7);
      assertThat(settings).containsEntry(Setting.MAX_HEADER_LIST_SIZE, 8192);
      assertThat(settings).containsEntry(Setting.ENABLE_CONNECT_PROTOCOL, 1);
    }
  }

  @Test
  void drainsInOrder() throws Exception {
    var release = new CountDownLatch(1);
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              release.await();
              exchange.respond(200, "late");
            });
        var gateway = gateways.inFrontOf(origin.url());
        Http2Client client = gateway.connectHttp2()) {
      Http2Stream stream = client.open(client.request("GET", "/"), true);
      origin.awaitRequest(1);
      var drained = CompletableFuture.supplyAsync(gateway::drain);
      client.connection().awaitGoAway();
      release.countDown();
      assertThat(stream.response().text()).isEqualTo("late");
      client.connection().awaitEnd();
      assertThat(drained.get()).isTrue();
    }
  }

  @Test
  void closesAConnectionAfterItsShareOfRequests() throws Exception {
    try (var gateway = gateways.inFrontOf("http://127.0.0.1:1", "{ requestsPerConnection: 3 }");
        var client = gateway.connectHttp2()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/hi").status()).isEqualTo(200);
      }
      assertThat(client.connection().awaitGoAway().error()).isEqualTo(Http2Error.NO_ERROR);
      client.connection().awaitEnd();
    }
  }
}
