package dev.headgate.mirror;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.UnreachablePort;
import dev.headgate.testkit.http2.Http2Client;
import dev.headgate.testkit.http2.Http2Origin;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What the second upstream gets, and that nothing it does or fails to do reaches a caller. */
@OnEveryTransport
class MirrorWireTest {
  private static final String LONG = "0123456789abcdef".repeat(8 * 1024);

  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(String mirror, String own, String other) {
    return gateways.start(yaml(mirror, own, other));
  }

  private static String yaml(String mirror, String own, String other) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams:
      own: { endpoints: ["%s"] }
      other: { endpoints: ["%s"], timeouts: { response: 20s } }
    policies: { digest: { contentDigest: {} } }
    routes:
      all:
        match: { path: /** }
        auth: public
        policies: [digest]
        to: own
        mirror: { to: other%s }
        headers: { request: { set: { x-route: all } } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(own, other, mirror);
  }

  private static String outcome(Outcome outcome) {
    return "headgate_mirrored_requests_total{outcome=\"" + outcome.word() + "\",route=\"all\"}";
  }

  private static ScriptedOrigin answering(int status) {
    return ScriptedOrigin.start(exchange -> {
      exchange.readBody();
      exchange.respond(status, "from " + status);
    });
  }

  private static RawResponse get(RawClient client) throws Exception {
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.readResponse();
  }

  private static RawResponse post(RawClient client, String body) throws Exception {
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n");
    client.send(body);
    return client.readResponse();
  }

  @Test
  void aCopyIsWhatTheOwnUpstreamGetsAndSaysThatItIsOne() throws Exception {
    try (var own = answering(200);
        var other = answering(200);
        var gateway = gateway("", own.url(), other.url());
        RawClient client = gateway.connect()) {
      client.send(
          "POST /x/./y?q=1 HTTP/1.1\r\nHost: shop.example\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.readResponse().text()).isEqualTo("from 200");
      client.send(
          "PUT /z HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(get(client).status()).isEqualTo(200);

      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 3);
      ReceivedRequest copy = other.requests().getFirst();
      assertThat(copy.requestLine()).isEqualTo("POST /x/y?q=1 HTTP/1.1");
      assertThat(copy.text()).isEqualTo("hello");
      assertThat(copy.header("host")).isEqualTo("shop.example");
      assertThat(copy.header("x-a")).isEqualTo("b");
      assertThat(copy.header("x-route")).isEqualTo("all");
      assertThat(copy.header("x-mirrored")).isEqualTo("true");
      assertThat(own.requests().getFirst().header("x-mirrored")).isNull();
      assertThat(other.requests().stream().map(ReceivedRequest::text))
          .containsExactlyInAnyOrder("hello", "abcdefg", "");
    }
  }

  @Test
  void copiesGoOverHttp2AsWell() throws Exception {
    try (var own = answering(200);
        var other = Http2Origin.start(exchange -> exchange.respond(200, "copied"));
        var gateway =
            gateways.start(
                yaml("", own.url(), other.url())
                    .replace("timeouts: {", "protocol: http2, timeouts: {"));
        Http2Client client = gateway.connectHttp2()) {
      assertThat(client.post("/x", "hello").text()).isEqualTo("from 200");
      assertThat(client.get("/y").text()).isEqualTo("from 200");
      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 2);
    }
  }

  @Test
  void aCopyThatIsAnsweredOtherwiseIsCounted() throws Exception {
    try (var own = answering(201);
        var other = answering(500);
        var gateway = gateway("", own.url(), other.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(client).text()).isEqualTo("from 201");
      }
      gateway.awaitMetric(outcome(Outcome.OTHER_STATUS), 5);
    }
  }

  @Test
  void onlyTheShareIsCopied() throws Exception {
    try (var own = answering(200);
        var other = answering(200);
        var gateway = gateway(", share: 25%, most: 1000", own.url(), other.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 400; i++) {
        assertThat(get(client).status()).isEqualTo(200);
      }
      assertThat(other.requests().size()).isBetween(50, 150);
    }
  }

  @Test
  void aMirrorThatIsDownDoesNotMatter() throws Exception {
    try (var own = answering(200);
        var nobody = UnreachablePort.refusing();
        var gateway = gateway("", own.url(), "http://127.0.0.1:" + nobody.port());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 10; i++) {
        assertThat(post(client, "hello").text()).isEqualTo("from 200");
      }
      gateway.awaitMetric(outcome(Outcome.FAILED), 10);
    }
  }

  @Test
  void aMirrorThatHangsIsGivenUpAndGetsNoMoreThanItMay() throws Exception {
    try (var own = answering(200);
        var other = ScriptedOrigin.start(exchange -> exchange.awaitClosed());
        var gateway = gateway(", most: 4, timeout: 1s", own.url(), other.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(get(client).text()).isEqualTo("from 200");
      }
      gateway.awaitMetric(outcome(Outcome.FAILED), 4);
      assertThat(gateway.metric(outcome(Outcome.BUSY))).isEqualTo(16);
      other.awaitOpenConnections(0);
      assertThat(get(client).status()).isEqualTo(200);
      other.awaitRequest(5);
    }
  }

  @Test
  void allCopiesTogetherHoldABoundedAmountOfMemory() throws Exception {
    String body = "x".repeat(1 << 20);
    try (var own = answering(200);
        var other = ScriptedOrigin.start(exchange -> exchange.awaitClosed());
        var gateway = gateway(", body: 1MiB, most: 1000, timeout: 2s", own.url(), other.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(post(client, body).status()).isEqualTo(200);
      }
      gateway.awaitMetric(outcome(Outcome.FAILED), 15);
      assertThat(gateway.metric(outcome(Outcome.MEMORY))).isEqualTo(5);
      assertThat(post(client, body).status()).isEqualTo(200);
      other.awaitRequest(16);
    }
  }

  @Test
  void aHugeAnswerIsReadUpToItsBound() throws Exception {
    try (var own = answering(200);
        var other = ScriptedOrigin.start(exchange -> exchange.respondPattern(200, 1L << 30));
        var gateway = gateway(", answer: 64KiB", own.url(), other.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client).text()).isEqualTo("from 200");
      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 1);
      other.awaitOpenConnections(0);
    }
  }

  @Test
  void aBodyThatIsTooLongGoesToTheOwnUpstreamOnly() throws Exception {
    try (var own = answering(200);
        var other = answering(200);
        var gateway = gateway("", own.url(), other.url());
        RawClient client = gateway.connect()) {
      assertThat(post(client, LONG).status()).isEqualTo(200);
      client.send(
          "PUT /z HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(LONG.length())
              + "\r\n"
              + LONG
              + "\r\n0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      gateway.awaitMetric(outcome(Outcome.BODY), 2);
      assertThat(own.requests()).allSatisfy(got -> assertThat(got.text()).isEqualTo(LONG));
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void whatAPolicyDoesNotLetThroughIsNotCopied() throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest("hello".getBytes(US_ASCII));
    String digest = "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":";
    String head = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Digest: %s\r\nContent-Length: 5\r\n\r\n";
    try (var own = answering(200);
        var other = answering(200);
        var gateway = gateway("", own.url(), other.url());
        RawClient bad = gateway.connect();
        RawClient good = gateway.connect()) {
      bad.send(head.formatted(digest) + "HELLO");
      assertThat(bad.readResponse().status()).isEqualTo(400);
      gateway.awaitMetric(outcome(Outcome.INCOMPLETE), 1);
      good.send(head.formatted(digest) + "hello");
      assertThat(good.readResponse().status()).isEqualTo(200);
      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 1);
      assertThat(other.onlyRequest().text()).isEqualTo("hello");
    }
  }

  @Test
  void aBodyThatAPolicyReadBeforeIsCopiedWhole() throws Exception {
    String secret = "0123456789abcdef0123456789abcdef";
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(US_ASCII), "HmacSHA256"));
    String signature = HexFormat.of().formatHex(mac.doFinal("hello".getBytes(US_ASCII)));
    String signed =
        "{ hmac: { signed: '{body}', signature: { header: X-Sig }, window: off, consumer: acme } }";
    try (var own = answering(200);
        var other = answering(200);
        var gateway =
            gateways
                .with(Map.of("SECRET", secret))
                .start(
                    yaml("", own.url(), other.url())
                            .replace("digest: { contentDigest: {} }", "partner: " + signed)
                            .replace("auth: public", "auth: partner")
                            .replace("policies: [digest]", "policies: []")
                        + """
                        consumers:
                          acme: { credentials: [{ hmac: { id: a, secret: "${env:SECRET}" } }] }
                        """);
        RawClient client = gateway.connect()) {
      client.send("POST /x HTTP/1.1\r\nHost: a\r\nX-Sig: " + signature + "\r\n");
      client.send("Content-Length: 5\r\n\r\nhello");
      assertThat(client.readResponse().status()).isEqualTo(200);
      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 1);
      assertThat(own.onlyRequest().text()).isEqualTo("hello");
      assertThat(other.onlyRequest().text()).isEqualTo("hello");
    }
  }

  @Test
  void anUpstreamThatDoesNotAnswerIsNotMirrored() throws Exception {
    try (var nobody = UnreachablePort.refusing();
        var other = answering(200);
        var gateway = gateway("", "http://127.0.0.1:" + nobody.port(), other.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(502);
      gateway.awaitMetric(outcome(Outcome.INCOMPLETE), 1);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void aClientThatGoesAwayTakesItsCopyWithIt() throws Exception {
    try (var own = ScriptedOrigin.start(exchange -> exchange.awaitClosed());
        var other = answering(200);
        var gateway = gateway(", most: 1", own.url(), other.url())) {
      for (int i = 0; i < 3; i++) {
        try (RawClient client = gateway.connect()) {
          client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
          own.awaitRequest(i + 1);
        }
        gateway.awaitMetric(outcome(Outcome.INCOMPLETE), i + 1);
      }
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void aChangeOfTheMirrorIsTakenUp() throws Exception {
    try (var own = answering(200);
        var first = answering(200);
        var second = answering(200);
        var gateway = gateway("", own.url(), first.url());
        RawClient client = gateway.connect()) {
      get(client);
      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 1);
      gateway.apply(yaml("", own.url(), second.url()));
      get(client);
      gateway.awaitMetric(outcome(Outcome.SAME_STATUS), 2);
      assertThat(first.requests()).hasSize(1);
      assertThat(second.requests()).hasSize(1);
    }
  }

  private static ScriptedOrigin json(String body, String... fields) {
    return ScriptedOrigin.start(exchange -> exchange.respond(200, body, fields));
  }

  private void compared(ScriptedOrigin first, ScriptedOrigin second, String more, String outcome)
      throws Exception {
    try (var own = first;
        var other = second;
        var gateway = gateway(", compare: json" + more, own.url(), other.url());
        RawClient client = gateway.connect()) {
      for (int i = 1; i <= 2; i++) {
        assertThat(get(client).status()).isEqualTo(200);
        gateway.awaitMetric(
            "headgate_mirrored_bodies_total{outcome=\"" + outcome + "\",route=\"all\"}", i);
      }
    }
  }

  @Test
  void bodiesAreComparedFieldByField() throws Exception {
    String type = "content-type: application/json";
    String own = "{\"id\":7,\"at\":1}";
    compared(json(own, type), json("{ \"at\": 1, \"id\": 7 }", type), "", "same");
    compared(json(own, type), json("{\"id\":8,\"at\":1}", type), "", "different");
    compared(json(own, type), json("{\"id\":7,\"at\":2}", type), ", ignore: /at", "same");
  }

  @Test
  void whatCannotBeComparedIsCounted() throws Exception {
    String type = "content-type: application/problem+json";
    compared(json("{}", type), json("{}"), "", "not_compared");
    compared(json("{}"), json("{}", type), "", "not_compared");
    compared(json("{}", type), json("{", type), "", "not_compared");
    compared(json("{}", type), json("{}", type, "content-encoding: br"), "", "not_compared");
    compared(json("{}", type), json("\"" + LONG + "\"", type), "", "not_compared");
    compared(json("\"" + LONG + "\"", type), json("{}", type), "", "not_compared");
    compared(json("{}", type), answering(500), "", "not_compared");
    compared(
        json("{}", type), ScriptedOrigin.start(exchange -> exchange.close()), "", "not_compared");
  }

  @Test
  void anAnswerThatBreaksOffIsNotCompared() throws Exception {
    try (var own =
            ScriptedOrigin.start(exchange -> {
              exchange.startChunked(200, "content-type: application/json");
              exchange.chunk("{}");
              exchange.reset();
            });
        var other = json("{}", "content-type: application/json");
        var gateway = gateway(", compare: json", own.url(), other.url());
        RawClient client = gateway.connect()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      client.readUntilClosed();
      gateway.awaitMetric(
          "headgate_mirrored_bodies_total{outcome=\"not_compared\",route=\"all\"}", 1);
    }
  }
}
