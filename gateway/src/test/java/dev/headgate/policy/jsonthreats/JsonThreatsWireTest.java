package dev.headgate.policy.jsonthreats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** JSON that may pass, and other bodies, of which no upstream gets the end. */
@OnEveryTransport
class JsonThreatsWireTest {
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String GOOD = "{\"items\":[1,2.5,\"three\",null,true]}";
  private static final String LARGE =
      IntStream.range(0, 9000)
          .mapToObj(i -> "{\"a\":\"" + Integer.toHexString(i * 0x9E3779B9) + "\"},")
          .collect(Collectors.joining("", "[", "0]"));

  @Parameter private Gateways gateways;

  private GatewayUnderTest inFrontOf(ScriptedOrigin origin) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"] } }
        policies: { json: { jsonThreats: { depth: 4 } } }
        routes:
          checked: { match: { path: /** }, auth: public, policies: [json], to: o }
          some:
            match: { path: /some }
            auth: public
            policies: [{ jsonThreats: { passTypes: [text/*] } }]
            to: o
          twice:
            match: { path: /twice }
            auth: public
            policies: [json, { use: json, mode: report }]
            to: o
          reported:
            match: { path: /reported }
            auth: public
            policies: [{ use: json, mode: report }]
            to: o
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(origin.url()));
  }

  private static ScriptedOrigin origin() {
    return ScriptedOrigin.start(exchange -> {
      exchange.readBody();
      exchange.respond(200, "in");
    });
  }

  private static String post(GatewayUnderTest gateway, String path, String fields, String body)
      throws IOException {
    try (RawClient client = gateway.connect()) {
      client.send(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: a\r\n"
              + fields
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      return outcome(client.readResponse());
    }
  }

  private static String postChunked(GatewayUnderTest gateway, String body) throws IOException {
    try (RawClient client = gateway.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n");
      client.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
      return outcome(client.readResponse());
    }
  }

  private static String outcome(RawResponse answer) {
    String text = answer.text();
    int at = text.indexOf("\"reason\":\"");
    return answer.status() == 200
        ? "200"
        : answer.status() + " " + text.substring(at + 10, text.indexOf('"', at + 10));
  }

  private static String gzip(String content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static String deflated(String content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream deflated = new DeflaterOutputStream(out)) {
      deflated.write(content.getBytes(StandardCharsets.ISO_8859_1));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void goodJsonPassesAsItIs() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        var http2 = gateway.connectHttp2()) {
      for (String body : new String[] {GOOD, LARGE, "1"}) {
        assertThat(post(gateway, "/", JSON, body)).isEqualTo("200");
        assertThat(origin.lastRequest().text()).isEqualTo(body);
        assertThat(postChunked(gateway, body)).isEqualTo("200");
        assertThat(origin.lastRequest().text()).isEqualTo(body);
        assertThat(http2.post("/", body, "content-type: application/json").status()).isEqualTo(200);
        assertThat(origin.lastRequest().text()).isEqualTo(body);
      }
    }
  }

  @Test
  void ofABadBodyTheUpstreamNeverGetsTheEnd() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        var http2 = gateway.connectHttp2()) {
      String[][] cases = {
        {"{", "json.malformed"},
        {LARGE + "x", "json.malformed"},
        {"[[[[[0]]]]]", "json.too_deep"},
        {"{\"a\":1,\"\\u0061\":2}", "json.duplicate_key"},
        {"[" + "9".repeat(41) + "]", "json.number_too_long"},
        {"[1e999]", "json.exponent_too_large"},
        {"\"" + "a".repeat(65_537) + "\"", "json.string_too_long"},
        {"{\"" + "a".repeat(201) + "\":1}", "json.key_too_long"},
        {"[" + "1,".repeat(10_000) + "1]", "json.too_many_items"},
      };
      for (String[] one : cases) {
        assertThat(post(gateway, "/", JSON, one[0])).isEqualTo("400 " + one[1]);
        assertThat(postChunked(gateway, one[0])).isEqualTo("400 " + one[1]);
        assertThat(http2.post("/", one[0], "content-type: application/json").text())
            .contains("\"" + one[1] + "\"");
      }
      origin.awaitOpenConnections(0);
      assertThat(origin.requests()).isNotEmpty().noneMatch(ReceivedRequest::isComplete);
    }
  }

  @Test
  void whatCameBeforeTheBadByteIsAllThatTheUpstreamSees() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        RawClient client = gateway.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\n" + JSON + "Content-Length: 100\r\n\r\n[1,");
      assertThat(origin.awaitBody(1, 3).text()).isEqualTo("[1,");
      client.send("]");
      assertThat(outcome(client.readResponse())).isEqualTo("400 json.malformed");
      origin.awaitOpenConnections(0);
      assertThat(origin.onlyRequest().text()).isEqualTo("[1,");
    }
  }

  @Test
  void typesThatAreNotCheckedDoNotPassUnlessTheyMay() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      assertThat(post(gateway, "/", "Content-Type: text/plain\r\n", "{"))
          .isEqualTo("415 json.type");
      assertThat(post(gateway, "/", "", GOOD)).isEqualTo("415 json.type");
      assertThat(post(gateway, "/", "Content-Type: json\r\n", GOOD)).isEqualTo("415 json.type");
      assertThat(post(gateway, "/", JSON + JSON, GOOD)).isEqualTo("415 json.type");
      assertThat(post(gateway, "/", "Content-Type: application/x-ndjson\r\n", GOOD))
          .isEqualTo("415 json.type");
      assertThat(post(gateway, "/", "Content-Type: application/json;charset=utf-16\r\n", GOOD))
          .isEqualTo("415 json.charset");
      assertThat(post(gateway, "/", "Content-Type: application/x+json; charset=UTF-8\r\n", GOOD))
          .isEqualTo("200");
      assertThat(post(gateway, "/", "", "")).isEqualTo("200");
      assertThat(post(gateway, "/", JSON, "")).isEqualTo("200");
      assertThat(post(gateway, "/some", "Content-Type: text/plain\r\n", "{")).isEqualTo("200");
      assertThat(post(gateway, "/some", JSON, "{")).isEqualTo("400 json.malformed");
      assertThat(post(gateway, "/some", "Content-Type: a/b\r\n", "{")).isEqualTo("415 json.type");
    }
  }

  @Test
  void compressedBodiesAreLookedIntoAndForwardedAsTheyAre() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      String gzip = JSON + "Content-Encoding: gzip\r\n";
      String both = JSON + "Content-Encoding: deflate, gzip\r\n";
      assertThat(post(gateway, "/", gzip, gzip(LARGE))).isEqualTo("200");
      assertThat(origin.lastRequest().body())
          .isEqualTo(gzip(LARGE).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(post(gateway, "/", both, gzip(deflated(GOOD)))).isEqualTo("200");
      int passed = origin.requests().size();
      assertThat(post(gateway, "/", gzip, gzip("[[[[[0]]]]]"))).isEqualTo("400 json.too_deep");
      assertThat(post(gateway, "/", both, gzip(deflated("{")))).isEqualTo("400 json.malformed");
      assertThat(post(gateway, "/", gzip, GOOD)).isEqualTo("400 encoding.malformed");
      assertThat(post(gateway, "/", gzip, gzip("[1," + " ".repeat(10_000_000) + "1]")))
          .isEqualTo("413 body.inflation_ratio");
      assertThat(post(gateway, "/", JSON + "Content-Encoding: br\r\n", GOOD))
          .isEqualTo("415 encoding.unsupported");
      assertThat(origin.requests().stream().filter(ReceivedRequest::isComplete)).hasSize(passed);
    }
  }

  @Test
  void aPolicyThatStandsTwiceOnARouteRefusesIfItDoesSoOnce() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      String gzip = JSON + "Content-Encoding: gzip\r\n";
      assertThat(post(gateway, "/twice", gzip, gzip("{"))).isEqualTo("400 json.malformed");
      assertThat(post(gateway, "/twice", gzip, gzip("{}"))).isEqualTo("200");
    }
  }

  @Test
  void whatIsOnlyReportedPassesWhole() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      assertThat(post(gateway, "/reported", JSON, LARGE + "x")).isEqualTo("200");
      assertThat(origin.lastRequest().text()).isEqualTo(LARGE + "x");
      assertThat(post(gateway, "/reported", "Content-Type: a/b\r\n", "x")).isEqualTo("200");
      assertThat(post(gateway, "/reported", JSON + "Content-Encoding: gzip\r\n", "x"))
          .isEqualTo("200");
      String series = "headgate_would_deny_total{policy=\"json\",reason=\"%s\"}";
      gateway.awaitMetric(series.formatted("json.malformed"), 1);
      gateway.awaitMetric(series.formatted("json.type"), 1);
      gateway.awaitMetric(series.formatted("encoding.malformed"), 1);
    }
  }

  @Test
  void aClientThatGoesAwayInTheMiddleLeavesNothingBehind() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        var client = gateway.connectHttp2()) {
      Http2Stream stream =
          client.open("POST", "/", "content-type: application/json", "content-encoding: gzip");
      stream.send(gzip(GOOD).substring(0, 20).getBytes(StandardCharsets.ISO_8859_1), false);
      origin.awaitBody(1, 20);
      stream.reset(Http2Error.CANCEL);
      origin.awaitOpenConnections(0);
      assertThat(origin.onlyRequest().isComplete()).isFalse();
    }
  }
}
