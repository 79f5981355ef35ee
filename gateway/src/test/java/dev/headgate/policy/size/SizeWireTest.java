package dev.headgate.policy.size;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Requests and answers that are larger than they may be. */
@OnEveryTransport
class SizeWireTest {
  private static final String LARGE = "0123456789abcdef".repeat(16 * 1024);

  @Parameter private Gateways gateways;

  private GatewayUnderTest inFrontOf(String url, String protocol, String mode) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"], protocol: %s } }
        routes:
          r:
            match: { path: /** }
            auth: public
            policies:
              - size: { request: 1000B, response: 2000B, headers: 500B, headerCount: 6, query: 10B, inflated: 3000B }
                mode: %s
            to: o
          ratio:
            match: { path: /ratio }
            auth: public
            policies: [{ size: { inflationRatio: 50 }, mode: %s }]
            to: o
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(url, protocol, mode, mode));
  }

  private GatewayUnderTest inFrontOf(ScriptedOrigin origin) {
    return inFrontOf(origin.url(), "http1", "enforce");
  }

  private static ScriptedOrigin origin() {
    return ScriptedOrigin.start(exchange -> {
      exchange.readBody();
      exchange.respond(200, "in");
    });
  }

  private static RawResponse send(GatewayUnderTest gateway, String bytes) throws IOException {
    try (RawClient client = gateway.connect()) {
      return client.send(bytes).readResponse();
    }
  }

  private static RawResponse post(GatewayUnderTest gateway, String path, String body, String fields)
      throws IOException {
    return send(
        gateway,
        "POST "
            + path
            + " HTTP/1.1\r\nHost: a\r\n"
            + fields
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  private static RawResponse postChunked(GatewayUnderTest gateway, String body) throws IOException {
    return send(
        gateway,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(body.length())
            + "\r\n"
            + body
            + "\r\n0\r\n\r\n");
  }

  private static String gzip(String content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static String reason(RawResponse answer) {
    String text = answer.text();
    int at = text.indexOf("\"reason\":\"");
    return answer.status()
        + (at < 0 ? "" : " " + text.substring(at + 10, text.indexOf('"', at + 10)));
  }

  @Test
  void aBodyUpToTheBoundPassesAndALargerOneIsRefused() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      assertThat(post(gateway, "/", "a".repeat(1000), "").status()).isEqualTo(200);
      assertThat(postChunked(gateway, "a".repeat(1000)).status()).isEqualTo(200);
      assertThat(origin.requests()).hasSize(2).allMatch(ReceivedRequest::isComplete);
      assertThat(reason(post(gateway, "/", "a".repeat(1001), ""))).isEqualTo("413 body.too_large");
      assertThat(origin.requests()).as("what announces its length").hasSize(2);
      assertThat(reason(postChunked(gateway, LARGE))).isEqualTo("413 body.too_large");
      assertThat(origin.requests().stream().filter(ReceivedRequest::isComplete)).hasSize(2);
    }
  }

  @Test
  void aBodyThatComesSlowlyIsCountedToo() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        RawClient client = gateway.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 1; i <= 10; i++) {
        client.send("64\r\n" + "a".repeat(100) + "\r\n");
        origin.awaitBody(1, i * 100L);
      }
      client.send("1\r\na\r\n");
      assertThat(reason(client.readResponse())).isEqualTo("413 body.too_large");
      origin.awaitOpenConnections(0);
      assertThat(origin.onlyRequest().isComplete()).isFalse();
    }
  }

  @Test
  void aHeadThatIsTooLargeIsRefused() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      String head = "GET / HTTP/1.1\r\nHost: a\r\n";
      assertThat(reason(send(gateway, head + "X: " + "a".repeat(480) + "\r\n\r\n")))
          .isEqualTo("200");
      assertThat(reason(send(gateway, head + "X: " + "a".repeat(500) + "\r\n\r\n")))
          .isEqualTo("431 headers.too_large");
      assertThat(reason(send(gateway, head + "X: a\r\n".repeat(5) + "\r\n"))).isEqualTo("200");
      assertThat(reason(send(gateway, head + "X: a\r\n".repeat(6) + "\r\n")))
          .isEqualTo("431 headers.too_many");
      assertThat(send(gateway, "GET /?a=34567890 HTTP/1.1\r\nHost: a\r\n\r\n").status())
          .isEqualTo(200);
      assertThat(reason(send(gateway, "GET /?a=345678901 HTTP/1.1\r\nHost: a\r\n\r\n")))
          .isEqualTo("414 query.too_long");
    }
  }

  @Test
  void aCompressedBodyIsBoundByWhatItInflatesTo() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      String field = "Content-Encoding: gzip\r\n";
      String good = gzip("a".repeat(3000));
      assertThat(post(gateway, "/", good, field).status()).isEqualTo(200);
      assertThat(origin.lastRequest().body()).isEqualTo(good.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(reason(post(gateway, "/", gzip("a".repeat(3001)), field)))
          .isEqualTo("413 body.inflated_too_large");
      assertThat(reason(post(gateway, "/", "no gzip", field))).isEqualTo("400 encoding.malformed");
      assertThat(reason(post(gateway, "/", good, "Content-Encoding: br\r\n")))
          .isEqualTo("415 encoding.unsupported");
      assertThat(reason(post(gateway, "/", good, "Content-Encoding: gzip, gzip, gzip\r\n")))
          .isEqualTo("415 encoding.too_many");
      assertThat(reason(post(gateway, "/ratio", gzip("a".repeat(70_000)), field)))
          .isEqualTo("413 body.inflation_ratio");
      assertThat(origin.requests().stream().filter(ReceivedRequest::isComplete)).hasSize(1);
    }
  }

  @Test
  void anAnswerThatAnnouncesTooMuchIsNotSeen() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, LARGE));
        var gateway = inFrontOf(origin)) {
      RawResponse answer = send(gateway, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(reason(answer)).isEqualTo("502 response.too_large");
      assertThat(answer.text()).doesNotContain("0123456789");
      origin.awaitOpenConnections(0);
    }
  }

  @Test
  void whatAHeadAnswerWouldAnnounceIsNoBody() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> exchange.respondHead(200, "Content-Length: 100000"));
        var gateway = inFrontOf(origin);
        RawClient client = gateway.connect()) {
      RawResponse answer = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").readResponseToHead();
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerUpToTheBoundPassesWhole() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              if (exchange.request().target().equals("/chunked")) {
                exchange.startChunked(200);
                exchange.chunk("a".repeat(1000));
                exchange.chunk("b".repeat(1000));
                exchange.endChunks();
              } else {
                exchange.respond(200, "a".repeat(2000));
              }
            });
        var gateway = inFrontOf(origin);
        var http2 = gateway.connectHttp2()) {
      for (String path : new String[] {"/", "/chunked"}) {
        assertThat(send(gateway, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").body())
            .hasSize(2000);
        assertThat(http2.get(path).body()).hasSize(2000);
      }
    }
  }

  @Test
  void anAnswerThatGrowsTooLargeIsBrokenOff() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.startChunked(200);
              exchange.chunk("a".repeat(2000));
              exchange.chunk("b");
              exchange.endChunks();
            });
        var gateway = inFrontOf(origin);
        RawClient client = gateway.connect();
        var http2 = gateway.connectHttp2()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      String all = client.readUntilClosed();
      assertThat(all).doesNotContain("0\r\n\r\n").doesNotContain("b\r\n");
      Http2Stream stream = http2.open("GET", "/");
      stream.awaitReset();
      gateway.awaitMetric(
          "headgate_failures_total{reason=\"response.too_large\",stage=\"protect\"}", 2);
      origin.awaitOpenConnections(0);
    }
  }

  @Test
  void anHttp2UpstreamIsCutOffToo() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.sendHead(List.of(new Header(":status", "200")), false);
              exchange.data("a".repeat(3000));
              exchange.awaitReset();
            });
        var gateway = inFrontOf(origin.url(), "http2", "enforce");
        var client = gateway.connectHttp2()) {
      client.open("GET", "/").awaitReset();
    }
  }

  @Test
  void whatIsOnlyReportedPasses() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.readBody();
              exchange.respond(200, LARGE);
            });
        var gateway = inFrontOf(origin.url(), "http1", "report")) {
      assertThat(post(gateway, "/", LARGE, "").body()).hasSize(LARGE.length());
      assertThat(origin.lastRequest().text()).isEqualTo(LARGE);
      assertThat(postChunked(gateway, LARGE).body()).hasSize(LARGE.length());
      assertThat(
              post(gateway, "/ratio", gzip("a".repeat(70_000)), "Content-Encoding: gzip\r\n")
                  .status())
          .isEqualTo(200);
      String series = "headgate_would_deny_total{policy=\"size\",reason=\"%s\"}";
      gateway.awaitMetric(series.formatted("body.too_large"), 2);
      gateway.awaitMetric(series.formatted("response.too_large"), 2);
      gateway.awaitMetric(series.formatted("body.inflation_ratio"), 1);
    }
  }

  @Test
  void aClientThatGoesAwayInTheMiddleLeavesNothingBehind() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/", "content-encoding: gzip");
      stream.send(
          gzip("a".repeat(3000)).substring(0, 20).getBytes(StandardCharsets.ISO_8859_1), false);
      origin.awaitBody(1, 20);
      stream.reset(Http2Error.CANCEL);
      origin.awaitOpenConnections(0);
      assertThat(origin.onlyRequest().isComplete()).isFalse();
    }
  }
}
