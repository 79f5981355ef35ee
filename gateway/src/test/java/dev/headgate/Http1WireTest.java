package dev.headgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problems;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real bytes to a gateway and from it, and what the origin behind it got to see. */
@OnEveryTransport
class Http1WireTest {
  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:0", limits: { headerTimeout: 1s, idleTimeout: 20s } } }
      upstreams: { o: { endpoints: ["%s"], timeouts: { connect: 2s, response: 10s } } }
      routes:
        all: { match: { path: /** }, auth: public, to: o, bodyLimit: 1KiB }
        fast: { match: { path: /fast }, auth: public, to: quick }
        large: { match: { path: /large }, auth: public, to: o, bodyLimit: 1GiB }
        hello: { match: { path: /hello, methods: [GET] }, auth: public, respond: { body: hi } }
        edited:
          match: { path: "/edited/{id}" }
          auth: public
          to: o
          rewrite: { path: "/v2/{id}" }
          headers:
            request: { remove: [x-secret], set: { x-a: set }, add: { x-b: added } }
            response: { remove: [x-inside], set: { x-out: set } }
      telemetry: { accessLog: { to: "off" } }
      """;

  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(ScriptedOrigin origin) {
    return gateways.start(config(origin));
  }

  private static String config(ScriptedOrigin origin) {
    return CONFIG.formatted(origin.url()).replace("quick }", "o, timeout: 1s }");
  }

  @Test
  void writesRequestAndAnswerAnew() throws Exception {
    try (var origin =
            ScriptedOrigin.start(
                e -> e.respond(200, "body", "X-From: origin", "Connection: x-hop", "X-Hop: 1"));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send(
          "GET /a//b/../c?q=1 HTTP/1.1\r\nHost: Example.com\r\nX-Own: v\r\nConnection: X-Gone\r\nX-Gone: 1\r\n"
              + "Keep-Alive: 5\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
      RawResponse answer = client.readResponse();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("body");
      assertThat(answer.header("x-from")).isEqualTo("origin");
      assertThat(answer.header("x-hop")).isNull();
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.requestLine()).isEqualTo("GET /a/c?q=1 HTTP/1.1");
      assertThat(request.headers("host")).containsExactly("Example.com");
      assertThat(request.header("x-own")).isEqualTo("v");
      assertThat(request.header("x-gone")).isNull();
      assertThat(request.header("keep-alive")).isNull();
      assertThat(request.headers("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(request.header("x-forwarded-proto")).isEqualTo("http");
      assertThat(request.header("via")).isEqualTo("1.1 headgate");
      assertThat(request.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n Folded: 1\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "GET http://u@a/ HTTP/1.1\r\nHost: u@a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%2fb HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /../a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n",
        "GET /\r\n\r\n",
        "PRI * HTTP/2.1\r\n\r\n"
      })
  void refusesWhatIsAmbiguousAndTheOriginSeesNothing(String bytes) throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "seen"));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send(bytes);
      assertThat(client.readResponse().status()).isBetween(400, 505);
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void answersEveryRequestThatWasSentAheadInOrder() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, e.request().target()));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      StringBuilder ahead = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        ahead
            .append("GET /")
            .append(i % 3 == 0 ? "hello" : i)
            .append(" HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      client.send(ahead.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.readResponse().text()).isEqualTo(i % 3 == 0 ? "hi" : "/" + i);
      }
    }
  }

  @Test
  void relaysChunksAndTrailersBothWays() throws Exception {
    try (var origin =
            ScriptedOrigin.start(e -> {
              e.readBody();
              e.startChunked(200);
              e.chunk("one ");
              e.chunk("two");
              e.endChunks("X-Sum: 7");
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send(
          "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;e=1\r\nde\r\n0\r\nX-T: 9\r\n\r\n");
      RawResponse answer = client.readResponse();
      assertThat(answer.text()).isEqualTo("one two");
      assertThat(answer.trailer("x-sum")).isEqualTo("7");
      assertThat(origin.onlyRequest().text()).isEqualTo("abcde");
      assertThat(origin.onlyRequest().trailer("x-t")).isEqualTo("9");
    }
  }

  @Test
  void refusesABodyBeyondItsLimitWhetherItsLengthIsStatedOrNot() throws Exception {
    try (var origin =
            ScriptedOrigin.start(e -> {
              e.readBody();
              e.respond(200, "ok");
            });
        var gateway = gateway(origin)) {
      try (RawClient client = gateway.connect()) {
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n");
        assertThat(client.readResponse().status()).isEqualTo(413);
        assertThat(origin.requests()).isEmpty();
      }
      try (RawClient client = gateway.connect()) {
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("400\r\n" + "a".repeat(1024) + "\r\n1\r\na\r\n");
        assertThat(client.readResponse().status()).isEqualTo(413);
        client.expectClosed();
      }
    }
  }

  @Test
  void relaysContinueAndEarlyHints() throws Exception {
    try (var origin =
            ScriptedOrigin.start(e -> {
              e.sendContinue();
              e.readBody();
              e.sendInformational(103, "Link: </a>");
              e.respond(200, "done");
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send(
          "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(100);
      client.send("ok");
      RawResponse answer = client.readResponse();
      assertThat(answer.text()).isEqualTo("done");
      assertThat(answer.informational().getFirst().status()).isEqualTo(103);
    }
  }

  @Test
  void triesOnceMoreOnAConnectionThatDiedUnused() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (var origin =
            ScriptedOrigin.start(e -> {
              if (count.incrementAndGet() == 2) {
                e.close();
              } else {
                e.respond(200, "n" + count.get());
              }
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      assertThat(client.get("/a").text()).isEqualTo("n1");
      assertThat(client.get("/b").text()).isEqualTo("n3");
      count.set(1);
      client.send("POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
      RawResponse notAgain = client.readResponse();
      assertThat(notAgain.status()).isEqualTo(502);
      assertThat(notAgain.text()).contains("\"reason\":\"upstream.reset\"");
    }
  }

  @Test
  void breaksOffAnAnswerThatTheUpstreamBrokeOff() throws Exception {
    try (var origin =
            ScriptedOrigin.start(e -> {
              e.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              e.close();
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readUntilClosed()).endsWith("half");
    }
  }

  @Test
  void neverTakesWhatCameUnaskedForAnAnswer() throws Exception {
    try (var origin =
            ScriptedOrigin.start(e ->
                e.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      assertThat(client.get("/1").text()).isEqualTo("a");
      assertThat(client.get("/2").text()).isEqualTo("a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\n",
        "garbage\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
      })
  void answersForAnUpstreamThatBreaksTheRules(String answer) throws Exception {
    try (var origin =
            ScriptedOrigin.start(e -> {
              e.send(answer);
              e.close();
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      RawResponse refusal = client.get("/");
      assertThat(refusal.status()).isEqualTo(502);
      assertThat(refusal.text()).contains("\"reason\":\"upstream.protocol\"");
    }
  }

  @Test
  void slowsAWriterDownToItsReader() throws Exception {
    Gate read = new Gate();
    try (var origin =
            ScriptedOrigin.start(e -> {
              read.await();
              e.readBody();
              e.respond(200, "ok");
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
      var stalled = client.sendUntilStalled(1 << 30);
      assertThat(stalled.bytes()).isLessThan(64 << 20);
      read.open();
    }
  }

  @Test
  void editsHeadersAndPathAsTheRouteSays() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "", "X-Inside: 1"));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send(
          "GET /edited/7?x=1 HTTP/1.1\r\nHost: x\r\nX-Secret: s\r\nX-A: old\r\nX-B: old\r\n\r\n");
      RawResponse answer = client.readResponse();
      assertThat(answer.header("x-inside")).isNull();
      assertThat(answer.header("x-out")).isEqualTo("set");
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.target()).isEqualTo("/v2/7?x=1");
      assertThat(request.header("x-secret")).isNull();
      assertThat(request.headers("x-a")).containsExactly("set");
      assertThat(request.headers("x-b")).containsExactly("old", "added");
    }
  }

  @Test
  void closesWhatStaysSilentAfterItBegan() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, ""));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send("GET / HTT");
      assertThat(client.readResponse().status()).isEqualTo(408);
      client.expectClosed();
    }
  }

  @Test
  void boundsTheWholeRequestByTheRoutesTimeout() throws Exception {
    Gate never = new Gate();
    try (var origin =
            ScriptedOrigin.start(e -> {
              never.await();
              e.respond(200, "too late");
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      assertThat(client.get("/fast").status()).isEqualTo(504);
      never.open();
    }
  }

  @Test
  void changesRoutesWithoutClosingAConnectionAndRefusesAChangeWhole() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "up"));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      assertThat(client.get("/hello").text()).isEqualTo("hi");
      assertThat(client.get("/x").text()).isEqualTo("up");
      assertThat(gateway.apply(config(origin).replace("body: hi", "body: ho")).hasErrors())
          .isFalse();
      assertThat(client.get("/hello").text()).isEqualTo("ho");
      String twins =
          "  twin: { match: { path: /hello, methods: [GET] }, auth: public, respond: {} }\ntelemetry:";
      Problems problems = gateway.apply(config(origin).replace("telemetry:", twins));
      assertThat(problems.report()).contains("takes the same requests");
      assertThat(client.get("/hello").text()).isEqualTo("ho");
      assertThat(client.get("/x").text()).isEqualTo("up");
      assertThat(origin.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void finishesWhatIsUnderWayWhenItDrains() throws Exception {
    Gate answer = new Gate();
    try (var origin =
            ScriptedOrigin.start(e -> {
              answer.await();
              e.respond(200, "late");
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      origin.awaitRequest(1);
      CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(gateway::drain);
      answer.open();
      RawResponse last = client.readResponse();
      assertThat(last.text()).isEqualTo("late");
      client.expectClosed();
      assertThat(drained.get()).isTrue();
    }
  }

  @Test
  void relaysAWebSocketBothWays() throws Exception {
    try (var origin =
            ScriptedOrigin.start(e -> {
              e.upgradeToWebSocket();
              e.echoRawBytes();
            });
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      RawResponse switched = client.readHead();
      assertThat(switched.status()).isEqualTo(101);
      assertThat(switched.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      client.send("raw bytes!");
      assertThat(client.readUntil("!")).isEqualTo("raw bytes!");
    }
  }

  @Test
  void answersAtOnceWhenNothingListensThere() throws IOException {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, ""));
        var gateway = gateway(origin);
        RawClient client = gateway.connect()) {
      origin.stopAccepting();
      RawResponse refusal = client.get("/");
      assertThat(refusal.status()).isEqualTo(502);
      assertThat(refusal.text()).contains("\"reason\":\"upstream.connect_failed\"");
      origin.startAccepting();
      assertThat(client.get("/").status()).isEqualTo(200);
    }
  }
}
