package dev.headgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptedOriginTest {
  private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: o\r\nX-A: 1\r\nx-a: 2\r\n\r\n";

  @Test
  void recordsExactlyWhatItReceived() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "hi", "X-B: 2"));
        var client = RawClient.connect(origin.port())) {
      client.send(GET);
      RawResponse response = client.readResponse();

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("hi");
      assertThat(response.header("x-b")).isEqualTo("2");
      assertThat(response.rawText())
          .isEqualTo("HTTP/1.1 200 Scripted\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nhi");
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.head()).isEqualTo(GET);
      assertThat(request.method()).isEqualTo("GET");
      assertThat(request.target()).isEqualTo("/a?b=c");
      assertThat(request.path()).isEqualTo("/a");
      assertThat(request.headers("X-A")).containsExactly("1", "2");
      assertThat(request.isComplete()).isTrue();
    }
  }

  @Test
  void keepsAConnectionForSeveralRequestsAndCountsConnections() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "x"));
        var one = RawClient.connect(origin.port());
        var two = RawClient.connect(origin.port())) {
      one.get("/1");
      one.get("/2");
      two.get("/3");
      assertThat(origin.requests())
          .extracting(ReceivedRequest::path)
          .containsExactly("/1", "/2", "/3");
      assertThat(origin.connectionCount()).isEqualTo(2);
      assertThat(origin.requests().get(0).connectionId())
          .isEqualTo(origin.requests().get(1).connectionId())
          .isNotEqualTo(origin.requests().get(2).connectionId());
      origin.awaitOpenConnections(2);
      origin.closeConnections();
      assertThat(one.expectClosed()).isEqualTo(RawClient.Ending.ORDERLY);
    }
  }

  @Test
  void decodesAChunkedRequestWithTrailersSentByteByByte() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(201, ""));
        var client = RawClient.connect(origin.port())) {
      client.sendByteByByte("POST / HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.sendByteByByte("3\r\nabc\r\n1\r\nd\r\n0\r\nX-T: t\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(201);
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.text()).isEqualTo("abcd");
      assertThat(request.trailer("x-t")).isEqualTo("t");
      assertThat(request.sha256())
          .isEqualTo("88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589");
    }
  }

  @Test
  void answersWithInformationalResponsesChunksAndTrailers() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.sendContinue();
              exchange.readBody();
              exchange.sendInformational(103, "Link: </a.css>");
              exchange.startChunked(200, "Trailer: X-T");
              exchange.chunk("he");
              exchange.chunk("llo");
              exchange.endChunks("X-T: t");
            });
        var client = RawClient.connect(origin.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: o\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(100);
      client.send("ab");
      RawResponse response = client.readResponse();
      assertThat(response.informational()).hasSize(1);
      assertThat(response.informational().getFirst().header("link")).isEqualTo("</a.css>");
      assertThat(response.text()).isEqualTo("hello");
      assertThat(response.trailer("x-t")).isEqualTo("t");
    }
  }

  @Test
  void endsAResponseByClosingOrHalfWayByResetting() throws Exception {
    try (var origin =
        ScriptedOrigin.start(exchange -> {
          if (exchange.request().path().equals("/whole")) {
            exchange.respondUntilClose(200, "all of it");
          } else {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            exchange.awaitClosed();
          }
        })) {
      try (var client = RawClient.connect(origin.port())) {
        assertThat(client.get("/whole").text()).isEqualTo("all of it");
        assertThat(client.expectClosed()).isEqualTo(RawClient.Ending.ORDERLY);
      }
      try (var client = RawClient.connect(origin.port())) {
        client.send("GET /half HTTP/1.1\r\nHost: o\r\n\r\n");
        client.readUntil("half");
        origin.resetConnections();
        assertThat(client.expectClosed()).isEqualTo(RawClient.Ending.RESET);
      }
    }
  }

  @Test
  void reportsAResponseThatEndsEarly() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              exchange.close();
            });
        var client = RawClient.connect(origin.port())) {
      assertThatThrownBy(() -> client.get("/")).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void waitsAtAGateAndTellsWhatArrivedWhenTimeIsUp() throws Exception {
    var gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.startChunked(200);
              exchange.chunk("drip");
              gate.await();
              exchange.endChunks();
            });
        var client = RawClient.connect(Dial.port(origin.port()).timeout(Duration.ofMillis(200)))) {
      assertThatThrownBy(() -> client.get("/"))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("drip");
      gate.open();
    }
  }

  @Test
  void upgradesToWebSocketAndEchoesFrames() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.upgradeToWebSocket();
              exchange.echoRawBytes();
            });
        var client = RawClient.connect(origin.port())) {
      client.send(WebSocketFrame.upgradeRequest("o", "/chat"));
      RawResponse upgraded = client.readResponse();
      assertThat(upgraded.status()).isEqualTo(101);
      assertThat(upgraded.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      for (String text : new String[] {"hi", "x".repeat(300), "y".repeat(70_000)}) {
        client.send(WebSocketFrame.text(text).masked());
        WebSocketFrame echo = WebSocketFrame.read(client.input());
        assertThat(echo.isMasked()).isTrue();
        assertThat(echo.isFinal()).isTrue();
        assertThat(echo.text()).isEqualTo(text);
      }
      client.halfClose();
      assertThat(client.expectClosed()).isEqualTo(RawClient.Ending.ORDERLY);
    }
  }

  @Test
  void carriesHugeBodiesBothWaysWithoutHoldingThem() throws Exception {
    long size = 64L << 20;
    try (var origin =
            ScriptedOrigin.start(
                OriginOptions.plain().keepingBodyBytes(10),
                exchange -> {
                  assertThat(Pattern.check(exchange.body())).isEqualTo(size);
                  exchange.respondPattern(200, size);
                });
        var client = RawClient.connect(origin.port())) {
      client.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: " + size + "\r\n\r\n");
      Pattern.writeTo(client.output(), size);
      assertThat(Pattern.check(client.body(client.readHead()))).isEqualTo(size);
      assertThat(origin.onlyRequest().bodyLength()).isEqualTo(size);
      assertThat(origin.onlyRequest().body()).isEqualTo(Pattern.bytes(10));
    }
  }

  @Test
  void stallsAWriterThatNobodyReadsAndLetsItGoOn() throws Exception {
    long max = 64L << 20;
    var gate = new Gate();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "");
            });
        var client = RawClient.connect(origin.port())) {
      client.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: " + max + "\r\n\r\n");
      StalledWrite write = client.sendUntilStalled(max);
      assertThat(write.bytes()).isLessThan(32L << 20);
      assertThat(write.isFinished()).isFalse();
      gate.open();
      write.awaitFinished(Duration.ofSeconds(30));
      assertThat(client.readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void refusesConnectionsOnRequestAndAcceptsAgain() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, ""))) {
      origin.stopAccepting();
      assertThatThrownBy(() -> RawClient.connect(origin.port()))
          .isInstanceOf(ConnectException.class);
      origin.startAccepting();
      try (var client = RawClient.connect(origin.port())) {
        assertThat(client.get("/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void holdsPortsThatRefuseOrStaySilent() throws Exception {
    try (var port = UnreachablePort.refusing()) {
      assertThatThrownBy(() -> RawClient.connect(port.port())).isInstanceOf(ConnectException.class);
    }
    try (var port = UnreachablePort.silent()) {
      assertThatThrownBy(
              () -> RawClient.connect(Dial.port(port.port()).timeout(Duration.ofMillis(200))))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void acceptsWithoutReadingWhereTheConnectionIsScripted() throws Exception {
    try (var origin = ScriptedOrigin.startRaw(OriginConnection::awaitClosed);
        var client = RawClient.connect(Dial.port(origin.port()).from("127.0.0.2"))) {
      assertThat(origin.awaitConnection(1).wire().peerAddress()).isEqualTo("127.0.0.2");
      client.reset();
      origin.awaitOpenConnections(0);
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void failsAtCloseWhereAPeerBreaksTheProtocol() throws Exception {
    for (String bad :
        new String[] {
          "GET / HTTP/1.1\nHost: o\n\n",
          "GET / HTTP/1.1\r\nHost : o\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: o\r\n folded\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
          "GET /  HTTP/1.1\r\n\r\n"
        }) {
      var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, ""));
      try (var client = RawClient.connect(origin.port())) {
        client.send(bad);
        client.expectClosed();
        origin.awaitOpenConnections(0);
        assertThat(origin.failures()).hasOnlyElementsOfType(ProtocolViolation.class).hasSize(1);
        assertThatThrownBy(origin::close).isInstanceOf(AssertionError.class);
      }
    }
  }

  @Test
  void failsAtCloseWhereAScriptFails() throws Exception {
    var origin = ScriptedOrigin.start(exchange -> assertThat(exchange.request().path()).isEmpty());
    try (var client = RawClient.connect(origin.port())) {
      client.send(GET);
      client.expectClosed();
    }
    assertThatThrownBy(origin::close).isInstanceOf(AssertionError.class);
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "hello"));
        var client = RawClient.connect(origin.port())) {
      client.send("HEAD / HTTP/1.1\r\nHost: o\r\n\r\n");
      RawResponse response = client.readResponseToHead();
      assertThat(response.header("content-length")).isEqualTo("5");
      assertThat(response.body()).isEmpty();
      assertThat(client.get("/").text()).isEqualTo("hello");
    }
  }
}
