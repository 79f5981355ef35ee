package dev.headgate.policy.hmac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Requests that are signed with a secret, the body with them, and others that are not. */
@OnEveryTransport
class HmacWireTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String NEXT = "fedcba9876543210fedcba9876543210";
  private static final String LARGE = "0123456789abcdef".repeat(8 * 1024);

  @Parameter private Gateways gateways;
  @TempDir private Path folder;
  private ScriptedOrigin origin;
  private int nonce;

  @BeforeEach
  void prepare() throws IOException {
    origin =
        ScriptedOrigin.start(exchange -> {
          exchange.readBody();
          exchange.respond(200, "in");
        });
    Files.writeString(folder.resolve("secret"), SECRET);
    Files.writeString(folder.resolve("next"), NEXT);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  private GatewayUnderTest gateway() {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o: { endpoints: ["%1$s"] }
          half: { endpoints: ["http://127.0.0.1:1", "%1$s"] }
        policies:
          partner:
            hmac:
              signed: "{method}\\n{target}\\n{timestamp}\\n{header.x-nonce}\\n{body}"
              signature: { header: X-Signature, prefix: "sha256=" }
              timestamp: { header: X-Time }
              key: { header: X-Key }
              identityHeaders: { X-Consumer: consumer }
          reported:
            hmac:
              signed: "{timestamp}.{body}"
              signature: { header: X-Signature }
              timestamp: { header: X-Time }
              consumer: acme
            mode: report
          small:
            hmac:
              signed: "{timestamp}.{body}"
              signature: { header: X-Signature }
              timestamp: { header: X-Time }
              consumer: acme
              maxBody: 1KiB
              maxBodies: 1500B
          keys: { apiKey: {} }
        routes:
          small: { match: { path: /small }, auth: small, to: o }
          any: { match: { path: /any }, auth: [small, reported, keys], policies: [{ contentDigest: {} }], to: o }
          orders: { match: { path: /orders/** }, auth: partner, to: o }
          half: { match: { path: /half }, auth: partner, to: half }
          fixed: { match: { path: /fixed }, auth: partner, respond: { body: "for partners" } }
          reported: { match: { path: /reported }, auth: reported, to: o }
        consumers:
          acme:
            credentials:
              - hmac: { id: acme-1, secret: "${file:%2$s/secret}" }
              - hmac: { id: acme-1, secret: "${file:%2$s/next}" }
              - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
        telemetry: { accessLog: { to: "off" } }
        authFailures: { perAddress: 1000/s }
        """
            .formatted(origin.url(), folder));
  }

  private static String hmac(String secret, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** The fields of a request that is signed with this body. */
  private String[] sign(String secret, String method, String target, String body) throws Exception {
    long now = Instant.now().getEpochSecond();
    int number = nonce++;
    String text = method + "\n" + target + "\n" + now + "\n" + number + "\n" + body;
    return new String[] {
      "x-key: acme-1",
      "x-time: " + now,
      "x-nonce: " + number,
      "x-signature: sha256=" + hmac(secret, text)
    };
  }

  private static RawResponse send(
      GatewayUnderTest gateway, String line, String[] fields, String body) throws IOException {
    String framing = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
    return sendFramed(gateway, line, fields, framing, body);
  }

  private static RawResponse sendChunked(
      GatewayUnderTest gateway, String line, String[] fields, String body) throws IOException {
    String chunks = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    return sendFramed(gateway, line, fields, "Transfer-Encoding: chunked\r\n", chunks);
  }

  private static RawResponse sendFramed(
      GatewayUnderTest gateway, String line, String[] fields, String framing, String body)
      throws IOException {
    try (RawClient client = gateway.connect()) {
      client.send(
          line
              + " HTTP/1.1\r\nHost: a\r\n"
              + framing
              + String.join("\r\n", fields)
              + "\r\n\r\n"
              + body);
      return client.readResponse();
    }
  }

  @Test
  void whoSignsGetsInWithEitherSecretAndOnce() throws Exception {
    try (var gateway = gateway()) {
      for (String secret : new String[] {SECRET, NEXT}) {
        for (String body : new String[] {"", "hi", LARGE}) {
          String[] fields = sign(secret, "POST", "/orders/7?a=1", body);
          assertThat(send(gateway, "POST /orders/7?a=1", fields, body).status()).isEqualTo(200);
          ReceivedRequest received = origin.lastRequest();
          assertThat(received.text()).isEqualTo(body);
          assertThat(received.header("x-consumer")).isEqualTo("acme");
          assertThat(received.header("x-signature")).isNull();
          RawResponse again = send(gateway, "POST /orders/7?a=1", fields, body);
          assertThat(again.status()).isEqualTo(401);
          assertThat(again.text()).contains("\"reason\":\"hmac.replayed\"");
          assertThat(again.header("www-authenticate")).isEqualTo("HMAC");
        }
      }
      String[] chunked = sign(SECRET, "POST", "/orders", "hi");
      assertThat(sendChunked(gateway, "POST /orders", chunked, "hi").status()).isEqualTo(200);
      assertThat(origin.lastRequest().text()).isEqualTo("hi");
    }
  }

  @Test
  void ofARequestWithAWrongBodyTheUpstreamGetsNothing() throws Exception {
    try (var gateway = gateway()) {
      for (String body : new String[] {"ho", "", LARGE}) {
        String[] fields = sign(SECRET, "POST", "/orders", "hi");
        RawResponse refused = send(gateway, "POST /orders", fields, body);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.text()).contains("\"reason\":\"hmac.invalid\"");
      }
      String[] fields = sign(SECRET, "POST", "/orders", "");
      assertThat(sendChunked(gateway, "POST /orders", fields, "ho").text())
          .contains("hmac.invalid");
      // One that is never sent whole: an upstream that looks at heads alone would answer it.
      try (RawClient client = gateway.connect()) {
        client.send(
            "DELETE /orders/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                + String.join("\r\n", sign("0000000000000000", "DELETE", "/orders/7", ""))
                + "\r\n\r\nhi");
        assertThat(send(gateway, "GET /orders/7", new String[] {"a: b"}, "").status())
            .isEqualTo(401);
      }
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void bodiesAreHeldWithinBoundsHoweverSmallTheirPieces() throws Exception {
    try (var gateway = gateway();
        RawClient client = gateway.connect()) {
      String[] small = signTime("a".repeat(1024));
      client.send(
          "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
              + String.join("\r\n", small)
              + "\r\n\r\n");
      for (int i = 0; i < 1024; i++) {
        client.send("1\r\na\r\n");
      }
      client.send("0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(origin.onlyRequest().text()).isEqualTo("a".repeat(1024));

      String large = "b".repeat(1025);
      RawResponse refused = send(gateway, "POST /small", signTime(large), large);
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.text()).contains("\"reason\":\"body.too_large\"");

      String half = "c".repeat(800);
      client.send(
          "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 801\r\n"
              + String.join("\r\n", signTime(half + "d"))
              + "\r\n\r\n"
              + half);
      RawResponse busy = sendUntilBusy(gateway);
      assertThat(busy.text()).contains("\"reason\":\"hmac.busy\"");
      client.send("d");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(send(gateway, "POST /small", signTime(half), half).status())
          .as("what was held is free again")
          .isEqualTo(200);
    }
  }

  /** The other connection's body may still be on its way. */
  private RawResponse sendUntilBusy(GatewayUnderTest gateway) throws Exception {
    RawResponse answer;
    int number = 0;
    do {
      String body = "e".repeat(800) + number++;
      answer = send(gateway, "POST /small", signTime(body), body);
    } while (answer.status() == 200);
    return answer;
  }

  private static String[] signTime(String body) throws Exception {
    long now = Instant.now().getEpochSecond();
    return new String[] {"x-time: " + now, "x-signature: " + hmac(SECRET, now + "." + body)};
  }

  @Test
  void whatOnePolicyHasReadIsThereForTheNextAndForTheUpstream() throws Exception {
    try (var gateway = gateway()) {
      String[] wrong = {"X-API-Key: foo", signTime("ho")[0], signTime("ho")[1]};
      for (String body : new String[] {"hi", "x".repeat(1025), LARGE}) {
        assertThat(send(gateway, "POST /any", wrong, body).status()).isEqualTo(200);
        assertThat(origin.lastRequest().text()).isEqualTo(body);
        assertThat(sendChunked(gateway, "POST /any", wrong, body).status()).isEqualTo(200);
        assertThat(origin.lastRequest().text()).isEqualTo(body);
      }
      String digest = "Content-Digest: sha-256=:qCHGLoEE+FGdY5tMCUiuzmQbFD9mAfoUWZO7LixymdQ=:";
      String[] other = {wrong[0], wrong[1], wrong[2], digest};
      assertThat(send(gateway, "POST /any", other, "hi").text())
          .contains("content_digest.mismatch");
    }
  }

  @Test
  void requestsWithoutABodyAreRefusedBeforeAnythingIsSentOn() throws Exception {
    try (var gateway = gateway();
        var client = gateway.connectHttp2()) {
      String[] wrong = sign("0000000000000000", "GET", "/orders/7", "");
      assertThat(send(gateway, "GET /orders/7", wrong, "").text()).contains("hmac.invalid");
      assertThat(client.get("/orders/7", wrong).text()).contains("hmac.invalid");
      String[] unknown = sign(SECRET, "GET", "/orders/7", "");
      unknown[0] = "x-key: acme-2";
      assertThat(send(gateway, "GET /orders/7", unknown, "").text()).contains("hmac.invalid");
      assertThat(send(gateway, "GET /orders/7", new String[] {"a: b"}, "").text())
          .contains("hmac.missing");
      assertThat(client.get("/orders/7", sign(SECRET, "GET", "/orders/7", "")).text())
          .isEqualTo("in");
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void http2BodiesAreCheckedToo() throws Exception {
    try (var gateway = gateway();
        var client = gateway.connectHttp2()) {
      assertThat(client.post("/orders", "hi", sign(SECRET, "POST", "/orders", "hi")).text())
          .isEqualTo("in");
      var stream = client.open("POST", "/orders", sign(SECRET, "POST", "/orders", "hi"));
      stream.send("h", false);
      stream.send("o", true);
      assertThat(stream.response().text()).contains("hmac.invalid");
      assertThat(client.post("/orders", "", sign(SECRET, "POST", "/orders", "")).status())
          .isEqualTo(200);
    }
  }

  @Test
  void anAnswerOfTheGatewaysOwnIsForThoseAloneWhoseSignatureHolds() throws Exception {
    try (var gateway = gateway();
        var client = gateway.connectHttp2()) {
      for (String body : new String[] {"", "hi", LARGE}) {
        String[] right = sign(SECRET, "POST", "/fixed", body);
        assertThat(send(gateway, "POST /fixed", right, body).text()).isEqualTo("for partners");
        String[] wrong = sign(SECRET, "POST", "/fixed", body + "x");
        assertThat(send(gateway, "POST /fixed", wrong, body).text()).contains("hmac.invalid");
        assertThat(client.post("/fixed", body, sign(SECRET, "POST", "/fixed", body)).text())
            .isEqualTo("for partners");
        assertThat(client.post("/fixed", body, sign(SECRET, "POST", "/fixed", "z")).text())
            .contains("hmac.invalid");
      }
    }
  }

  @Test
  void whatWasReadGoesToAnotherEndpointIfOneCannotBeReached() throws Exception {
    try (var gateway = gateway()) {
      for (int i = 0; i < 4; i++) {
        String[] fields = sign(SECRET, "POST", "/half", "hi");
        assertThat(send(gateway, "POST /half", fields, "hi").status()).isEqualTo(200);
        assertThat(origin.lastRequest().text()).isEqualTo("hi");
      }
      assertThat(origin.requests()).hasSize(4);
    }
  }

  @Test
  void whoWaitsForPermissionToSendTheBodyGetsIt() throws Exception {
    try (var gateway = gateway();
        RawClient client = gateway.connect()) {
      String[] fields = sign(SECRET, "POST", "/fixed", "hi");
      client.send(
          "POST /fixed HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
              + String.join("\r\n", fields)
              + "\r\n\r\n");
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 Continue");
      client.send("hi");
      assertThat(client.readResponse().text()).isEqualTo("for partners");
      client.send("POST /fixed HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields) + "\r\n\r\n");
      assertThat(client.readResponse().status()).as("the connection serves on").isEqualTo(401);
    }
  }

  @Test
  void whatIsOnlyReportedPassesWhole() throws Exception {
    try (var gateway = gateway()) {
      String now = Long.toString(Instant.now().getEpochSecond());
      String[] fields = {"X-Time: " + now, "X-Signature: " + hmac(SECRET, now + ".hi")};
      assertThat(send(gateway, "POST /reported", fields, "ho").status()).isEqualTo(200);
      assertThat(origin.onlyRequest().text()).isEqualTo("ho");
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"reported\",reason=\"hmac.invalid\"}", 1);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"reported\",reason=\"hmac.replayed\"}", 0);
    }
  }
}
