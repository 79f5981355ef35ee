package dev.headgate.testkit.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.testkit.ByteReader;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.Pattern;
import dev.headgate.testkit.ProtocolViolation;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.WebSocketFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.junit.jupiter.api.Test;

class Http2OriginTest {
  private static final Http2Origin.Script HI = exchange -> exchange.respond(200, "hi", "x-b: 2");

  @Test
  void recordsExactlyWhatItReceived() throws Exception {
    try (var origin = Http2Origin.start(HI);
        var client = Http2Client.connect(origin.port())) {
      Http2Response response = client.get("/a?b=c", "x-a: 1", ":authority: api.example.com");

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("hi");
      assertThat(response.header("x-b")).isEqualTo("2");
      assertThat(response.resetCode()).isNull();
      Http2ReceivedRequest request = origin.onlyRequest();
      assertThat(request.headers())
          .containsExactlyElementsOf(
              Header.list(
                  ":method: GET",
                  ":scheme: http",
                  ":path: /a?b=c",
                  ":authority: api.example.com",
                  "x-a: 1"));
      assertThat(request.isComplete()).isTrue();
    }
  }

  @Test
  void speaksTlsChosenByAlpn() throws Exception {
    var ca = Certificates.authority();
    var options = OriginOptions.tls(ca.server("api.example.com").serverContext());
    try (var origin = Http2Origin.start(options, HI);
        var client =
            Http2Client.connectTls(origin.port(), ca.trustingContext(), "api.example.com")) {
      assertThat(client.get("/").status()).isEqualTo(200);
      assertThat(client.connection().wire().applicationProtocol()).isEqualTo("h2");
      assertThat(origin.lastServerName()).isEqualTo("api.example.com");
      assertThat(origin.onlyRequest().header(":scheme")).isEqualTo("https");
    }
  }

  @Test
  void carriesTrailersBothWaysAndAnswersAsGrpcDoes() throws Exception {
    byte[] message = {1, 2, 3};
    try (var origin = Http2Origin.start(exchange -> exchange.respondGrpc(0, message, message));
        var client = Http2Client.connect(origin.port())) {
      Http2Stream stream = client.open("POST", "/s/m", "te: trailers");
      stream.send(Http2Exchange.grpcMessage(message), false);
      stream.sendTrailers("x-checksum: 7");
      Http2Response response = stream.response();

      assertThat(response.trailer("grpc-status")).isEqualTo("0");
      assertThat(response.body()).hasSize(16).startsWith(0, 0, 0, 0, 3, 1, 2, 3);
      assertThat(origin.onlyRequest().trailer("x-checksum")).isEqualTo("7");
      assertThat(origin.onlyRequest().bodyLength()).isEqualTo(8);
    }
  }

  @Test
  void collectsInformationalResponses() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.sendInformational(103, "link: </a.css>");
              exchange.respond(204, "");
            });
        var client = Http2Client.connect(origin.port())) {
      Http2Response response = client.get("/");
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.informational()).hasSize(1);
      assertThat(response.informational().getFirst().header("link")).isEqualTo("</a.css>");
    }
  }

  @Test
  void splitsALargeHeadIntoContinuations() throws Exception {
    String large = "v".repeat(40_000);
    try (var origin = Http2Origin.start(exchange -> exchange.respond(200, "", "x-b: " + large));
        var client = Http2Client.connect(origin.port())) {
      assertThat(client.get("/", "x-a: " + large).header("x-b")).isEqualTo(large);
      assertThat(origin.onlyRequest().header("x-a")).isEqualTo(large);
    }
  }

  @Test
  void carriesHugeBodiesBothWaysUnderFlowControl() throws Exception {
    long size = 50L << 20;
    try (var origin =
            Http2Origin.start(exchange -> {
              assertThat(Pattern.check(exchange.body())).isEqualTo(size);
              exchange.respondHead(200);
              Pattern.writeTo(exchange.output(), size);
              exchange.end();
            });
        var client = Http2Client.connect(origin.port())) {
      Http2Stream stream = client.open("POST", "/");
      Pattern.writeTo(stream.output(), size);
      stream.send("", true);
      assertThat(Http2Response.statusOf(stream.awaitHeaders())).isEqualTo(200);
      assertThat(Pattern.check(stream.body())).isEqualTo(size);
    }
  }

  @Test
  void stopsAtTheWindowOfAReaderThatDoesNotRead() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.respondHead(200);
              exchange.data(Pattern.bytes(1000));
              exchange.end();
            });
        var client =
            Http2Client.connect(Dial.port(origin.port()), Setting.INITIAL_WINDOW_SIZE, 10)) {
      Http2Stream stream = client.open(client.request("GET", "/"), true);
      stream.awaitHeaders();
      client.connection().pingAndWait(1);
      stream.withholdWindow();
      assertThat(stream.readData()).hasSize(10);
      client.connection().pingAndWait(2);
      assertThat(stream.unreadBytes()).isZero();
      client.connection().write(Frame.windowUpdate(stream.id(), 990));
      assertThat(Pattern.bytes(1000)).endsWith(stream.body().readAllBytes());
    }
  }

  @Test
  void interleavesStreamsAndCountsThePeak() throws Exception {
    var gate = new Gate();
    try (var origin =
            Http2Origin.start(exchange -> {
              if ("/slow".equals(exchange.request().path())) {
                gate.await();
              }
              exchange.respond(200, "" + exchange.request().path());
            });
        var client = Http2Client.connect(origin.port())) {
      Http2Stream slow = client.open(client.request("GET", "/slow"), true);
      assertThat(client.get("/quick").text()).isEqualTo("/quick");
      gate.open();
      assertThat(slow.response().text()).isEqualTo("/slow");
      assertThat(origin.awaitConnection(1).peakStreams()).isEqualTo(2);
    }
  }

  @Test
  void seesResetsAndGoAwayFromEitherSide() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              switch (exchange.request().path()) {
                case "/reset" -> exchange.reset(Http2Error.REFUSED_STREAM);
                case "/wait" -> exchange.awaitReset();
                case null, default -> {
                  exchange.connection().goAway(exchange.stream().id(), Http2Error.NO_ERROR);
                  exchange.respond(200, "");
                  exchange.connection().close();
                }
              }
            });
        var client = Http2Client.connect(origin.port())) {
      assertThat(client.get("/reset").resetCode()).isEqualTo(Http2Error.REFUSED_STREAM);

      Http2Stream waiting = client.open(client.request("GET", "/wait"), true);
      origin.awaitRequest(2);
      waiting.reset(Http2Error.CANCEL);
      client.connection().pingAndWait(1);
      assertThat(origin.awaitRequest(2).resetCode()).isEqualTo(Http2Error.CANCEL);

      assertThat(client.get("/last").status()).isEqualTo(200);
      Frame goAway = client.connection().awaitGoAway();
      assertThat(goAway.error()).isEqualTo(Http2Error.NO_ERROR);
      assertThat(goAway.lastStreamId()).isEqualTo(5);
      client.connection().awaitEnd();
    }
  }

  @Test
  void relaysWebSocketFramesOverExtendedConnect() throws Exception {
    try (var origin =
            Http2Origin.start(
                OriginOptions.plain(),
                exchange -> {
                  assertThat(exchange.request().header(":protocol")).isEqualTo("websocket");
                  exchange.respondHead(200);
                  var frames = new ByteReader(exchange.body());
                  exchange.data(WebSocketFrame.text(WebSocketFrame.read(frames).text()).unmasked());
                  exchange.end();
                },
                Setting.ENABLE_CONNECT_PROTOCOL,
                1);
        var client = Http2Client.connect(origin.port())) {
      Http2Stream stream = client.openWebSocket("/chat");
      stream.send(WebSocketFrame.text("hi").masked(), false);
      assertThat(Http2Response.statusOf(stream.awaitHeaders())).isEqualTo(200);
      assertThat(WebSocketFrame.read(new ByteReader(stream.body())).text()).isEqualTo("hi");
    }
  }

  @Test
  void failsAtCloseWhereTheGatewayBreaksTheProtocol() throws Exception {
    List<List<Header>> bad =
        List.of(
            Header.list(":method: GET", ":scheme: http", ":path: /", "Upper: x"),
            Header.list(":method: GET", ":scheme: http", "a: b", ":path: /"),
            Header.list(":method: GET", ":scheme: http", ":path: /", "connection: close"),
            Header.list(":method: GET", ":scheme: http", ":path: /", "te: gzip"),
            Header.list(":method: GET", ":scheme: http"));
    for (List<Header> headers : bad) {
      var origin = Http2Origin.start(HI);
      try (var client = Http2Client.connect(origin.port())) {
        client.open(headers, true);
        client.connection().awaitEnd();
      }
      origin.awaitOpenConnections(0);
      assertThat(origin.failures()).hasOnlyElementsOfType(ProtocolViolation.class).hasSize(1);
      assertThatThrownBy(origin::close).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void failsWhereMoreStreamsComeThanAllowed() throws Exception {
    var origin =
        Http2Origin.start(
            OriginOptions.plain(), Http2Exchange::awaitReset, Setting.MAX_CONCURRENT_STREAMS, 1);
    try (var client = Http2Client.connect(origin.port())) {
      client.connection().awaitPeerSettings();
      client.connection().pingAndWait(1);
      client.open(client.request("GET", "/"), true);
      client.open(client.request("GET", "/"), true);
      client.connection().awaitEnd();
    }
    assertThatThrownBy(origin::close).isInstanceOf(AssertionError.class);
  }

  @Test
  void refusesAPeerThatIgnoresTheWindow() throws Exception {
    try (var origin =
            ScriptedOrigin.startRaw(connection -> {
              connection.wire().reader().bytes(24);
              connection.wire().output().write(Frame.settings().encode());
              connection
                  .wire()
                  .output()
                  .write(Frame.headers(1, Hpack.reference(8), Frame.END_HEADERS).encode());
              connection.wire().output().write(Frame.data(1, new byte[11], true).encode());
              connection.awaitClosed();
            });
        var connection =
            Http2Client.connect(Dial.port(origin.port()), Setting.INITIAL_WINDOW_SIZE, 10)
                .connection()) {
      connection.awaitEnd();
      assertThat(connection.violations()).hasSize(1);
    }
  }

  @Test
  void floodsUntilThePeerHasHadEnough() throws Exception {
    try (var origin =
        ScriptedOrigin.startRaw(connection -> {
          connection.wire().reader().bytes(24);
          connection.wire().output().write(Frame.settings().encode());
          for (int i = 0; i < 100; i++) {
            assertThat(Frame.read(connection.wire().reader())).isNotNull();
          }
          byte[] enough = Frame.goAway(0, Http2Error.ENHANCE_YOUR_CALM, "enough").encode();
          connection.wire().output().write(enough);
          connection.wire().shutdownOutput();
          connection.awaitClosed();
        })) {
      for (String kind : List.of("resets", "pings", "settings", "continuations", "empty data")) {
        try (var client = Http2Client.connect(origin.port())) {
          var flood = new Http2Flood(client);
          int sent =
              switch (kind) {
                case "resets" -> flood.rapidResets(100_000);
                case "pings" -> flood.pings(100_000);
                case "settings" -> flood.settings(100_000);
                case "continuations" -> flood.continuations(100_000, 100);
                default -> flood.emptyData(100_000);
              };
          Frame goAway = client.connection().awaitGoAway();
          assertThat(goAway.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
          assertThat(goAway.debug()).isEqualTo("enough");
          assertThat(sent).isPositive();
        }
      }
    }
  }

  @Test
  void makesDeliberatelyBrokenFrames() throws Exception {
    assertThat(Frame.of(Frame.PING, 0, 3, new byte[7]).encode())
        .containsExactly(0, 0, 7, 6, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0);
    assertThat(Hpack.indexedLiteral("a", "b")).containsExactly(0x40, 1, 'a', 1, 'b');
    assertThat(Hpack.reference(200)).containsExactly(0xff, 73);
    assertThat(Frame.settings(Setting.MAX_FRAME_SIZE, 5).settingValues())
        .containsEntry(Setting.MAX_FRAME_SIZE, 5);
  }

  @Test
  void refusesAClientWithoutThePreface() throws Exception {
    var origin = Http2Origin.start(HI);
    try (var client = RawClient.connect(origin.port())) {
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.expectClosed();
    }
    origin.awaitOpenConnections(0);
    assertThatThrownBy(origin::close).isInstanceOf(AssertionError.class);
  }
}
