package dev.headgate.policy.contentdigest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2Response;
import dev.headgate.testkit.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Bodies that are what their digests say, and others, of which no upstream gets the end. */
@OnEveryTransport
class ContentDigestWireTest {
  private static final String LARGE = "0123456789abcdef".repeat(16 * 1024);

  @Parameter private Gateways gateways;

  private GatewayUnderTest inFrontOf(String url, String protocol) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"], protocol: %s } }
        policies: { digests: { contentDigest: {} } }
        routes:
          checked: { match: { path: /** }, auth: public, policies: [{ contentDigest: {} }], to: o }
          required:
            match: { path: /required }
            auth: public
            policies: [{ contentDigest: { required: true } }]
            to: o
          twice:
            match: { path: /twice }
            auth: public
            policies: [digests, { use: digests, mode: report }]
            to: o
          reported:
            match: { path: /reported }
            auth: public
            policies: [{ contentDigest: { required: true }, mode: report }]
            to: o
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(url, protocol));
  }

  private static ScriptedOrigin origin() {
    return ScriptedOrigin.start(exchange -> {
      exchange.readBody();
      exchange.respond(200, "in");
    });
  }

  private static String digest(String body) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.US_ASCII));
    return "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":";
  }

  private static String head(String path, String digest, String framing) {
    String field = digest.isEmpty() ? "" : "Content-Digest: " + digest + "\r\n";
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + field + framing + "\r\n\r\n";
  }

  private static RawResponse post(GatewayUnderTest gateway, String path, String digest, String body)
      throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(head(path, digest, "Content-Length: " + body.length()) + body);
      return client.readResponse();
    }
  }

  private static RawResponse postChunked(GatewayUnderTest gateway, String digest, String body)
      throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(head("/", digest, "Transfer-Encoding: chunked"));
      client.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n");
      client.send("0\r\n\r\n");
      return client.readResponse();
    }
  }

  @Test
  void theRightBodyPassesWhole() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1")) {
      for (String body : new String[] {"hi", LARGE, ""}) {
        assertThat(post(gateway, "/", digest(body), body).status()).isEqualTo(200);
        assertThat(origin.lastRequest().text()).isEqualTo(body);
        assertThat(postChunked(gateway, digest("x" + body), "x" + body).status()).isEqualTo(200);
        assertThat(origin.lastRequest().text()).isEqualTo("x" + body);
      }
    }
  }

  @Test
  void ofAWrongBodyTheUpstreamNeverGetsTheEnd() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1")) {
      for (String body : new String[] {"ho", LARGE}) {
        for (boolean chunked : new boolean[] {false, true}) {
          RawResponse answer =
              chunked
                  ? postChunked(gateway, digest("hi"), body)
                  : post(gateway, "/", digest("hi"), body);
          assertThat(answer.status()).isEqualTo(400);
          assertThat(answer.text()).contains("\"reason\":\"content_digest.mismatch\"");
        }
      }
      origin.awaitOpenConnections(0);
      assertThat(origin.requests()).isNotEmpty().noneMatch(ReceivedRequest::isComplete);
    }
  }

  @Test
  void anEmptyBodyIsChecked() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1")) {
      assertThat(post(gateway, "/", digest("hi"), "").text()).contains("content_digest.mismatch");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void theLastByteWaitsForTheVerdictAndNothingElseDoes() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1");
        RawClient client = gateway.connect()) {
      client.send(head("/", digest("hello"), "Content-Length: 5") + "hell");
      assertThat(origin.awaitBody(1, 4).bodyLength()).isEqualTo(4);
      client.send("o");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(origin.onlyRequest().text()).isEqualTo("hello");
    }
  }

  @Test
  void http2BodiesAreCheckedToo() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1");
        var client = gateway.connectHttp2()) {
      Http2Response right = client.post("/", "hi", "content-digest: " + digest("hi"));
      assertThat(right.status()).isEqualTo(200);
      Http2Stream wrong = client.open("POST", "/", "content-digest: " + digest("hi"));
      wrong.send("h", false);
      wrong.send("o", true);
      assertThat(wrong.response().text()).contains("content_digest.mismatch");
      assertThat(client.post("/", "hi", "content-digest: " + digest("hi")).status()).isEqualTo(200);
      assertThat(origin.requests().stream().filter(ReceivedRequest::isComplete)).hasSize(2);
    }
  }

  @Test
  void anHttp2UpstreamSeesAResetInsteadOfTheEnd() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.body().readAllBytes();
              exchange.respond(200, "in");
            });
        var gateway = inFrontOf(origin.url(), "http2")) {
      assertThat(post(gateway, "/", digest("hi"), "hi").status()).isEqualTo(200);
      assertThat(post(gateway, "/", digest("hi"), "ho").text()).contains("content_digest.mismatch");
      assertThat(post(gateway, "/", digest("hi"), "hi").status()).isEqualTo(200);
    }
  }

  @Test
  void bodiesWithoutADigestAreRefusedWhereItIsRequired() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1")) {
      assertThat(post(gateway, "/", "", "hi").status()).isEqualTo(200);
      assertThat(post(gateway, "/required", "", "").status()).isEqualTo(200);
      assertThat(post(gateway, "/required", digest("hi"), "hi").status()).isEqualTo(200);
      assertThat(post(gateway, "/required", "", "hi").text()).contains("content_digest.missing");
      RawResponse weak = post(gateway, "/required", "md5=:AAAA:", "hi");
      assertThat(weak.text()).contains("content_digest.unsupported");
      assertThat(weak.header("want-content-digest")).isEqualTo("sha-256=10, sha-512=9");
      assertThat(post(gateway, "/", "md5=:AAAA:", "hi").status()).isEqualTo(200);
      assertThat(post(gateway, "/", "sha-256=AAAA", "hi").text())
          .contains("content_digest.malformed");
    }
  }

  @Test
  void aPolicyThatStandsTwiceOnARouteRefusesIfItDoesSoOnce() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1")) {
      assertThat(post(gateway, "/twice", digest("hi"), "ho").text())
          .contains("content_digest.mismatch");
    }
  }

  @Test
  void whatIsOnlyReportedPassesWhole() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1")) {
      assertThat(post(gateway, "/reported", digest("hi"), LARGE).status()).isEqualTo(200);
      assertThat(origin.lastRequest().text()).isEqualTo(LARGE);
      assertThat(post(gateway, "/reported", "", "hi").status()).isEqualTo(200);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"contentDigest\",reason=\"content_digest.mismatch\"}",
          1);
    }
  }

  @Test
  void aClientThatGoesAwayBeforeTheEndLeavesNothingBehind() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin.url(), "http1");
        var client = gateway.connectHttp2()) {
      Http2Stream stream =
          client.open("POST", "/", "content-digest: " + digest("hi"), "content-length: 2");
      stream.send("hi", false);
      origin.awaitRequest(1);
      stream.reset(io.netty.handler.codec.http2.Http2Error.CANCEL);
      origin.awaitOpenConnections(0);
      assertThat(origin.onlyRequest().isComplete()).isFalse();
    }
  }
}
