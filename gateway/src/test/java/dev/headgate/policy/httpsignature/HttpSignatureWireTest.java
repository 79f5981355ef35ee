package dev.headgate.policy.httpsignature;

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
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class HttpSignatureWireTest {
  private static final MessageSigner ACME = MessageSigner.of(SignatureAlgorithm.ED25519);
  private static final MessageSigner SHOP =
      MessageSigner.secret("0123456789abcdef".repeat(4).getBytes(StandardCharsets.US_ASCII));

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
    Files.writeString(folder.resolve("acme.pem"), ACME.pem());
    Files.writeString(folder.resolve("shop"), "0123456789abcdef".repeat(4));
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  private String yaml() {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      signed: { httpSignature: { identityHeaders: { X-Consumer: consumer, X-Key: subject } } }
      kept: { httpSignature: { keepCredential: true } }
      reported: { httpSignature: {}, mode: report }
    routes:
      orders: { match: { path: /orders/** }, auth: signed, to: o }
      kept: { match: { path: /kept }, auth: kept, to: o }
      reported: { match: { path: /reported }, auth: reported, to: o }
    consumers:
      acme: { credentials: [{ httpSignature: { keyid: acme-1, publicKey: "%s/acme.pem" } }] }
      shop: { credentials: [{ httpSignature: { keyid: shop-1, secret: "${file:%s/shop}" } }] }
    telemetry: { accessLog: { to: "off" } }
    authFailures: { perAddress: 1000/s }
    """
        .formatted(origin.url(), folder, folder);
  }

  private static String digest(String body) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-512").digest(body.getBytes(StandardCharsets.US_ASCII));
    return "sha-512=:" + Base64.getEncoder().encodeToString(hash) + ":";
  }

  /** The fields of a signed request; the body's digest is covered if there is one. */
  private List<String> sign(
      MessageSigner by, String keyid, String method, String target, String digest) {
    boolean body = !digest.isEmpty();
    String parameters =
        "(\"@method\" \"@authority\" \"@path\" \"@query\""
            + (body ? " \"content-digest\")" : ")")
            + ";created=%d;keyid=\"%s\";nonce=\"%d\""
                .formatted(Instant.now().getEpochSecond(), keyid, nonce++);
    int question = target.indexOf('?');
    String base =
        "\"@method\": "
            + method
            + "\n\"@authority\": a.example\n\"@path\": "
            + (question < 0 ? target : target.substring(0, question))
            + "\n\"@query\": "
            + (question < 0 ? "?" : target.substring(question))
            + (body ? "\n\"content-digest\": " + digest : "")
            + "\n\"@signature-params\": "
            + parameters;
    List<String> fields = new ArrayList<>();
    fields.add("Signature-Input: s=" + parameters);
    fields.add(by.signature("s", base));
    if (body) {
      fields.add("Content-Digest: " + digest);
    }
    return fields;
  }

  private static RawResponse send(
      GatewayUnderTest gateway, String line, List<String> fields, String body) throws IOException {
    try (RawClient client = gateway.connect()) {
      String framing = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
      client.send(
          line
              + " HTTP/1.1\r\nHost: A.example\r\n"
              + framing
              + fields.stream().map(field -> field + "\r\n").reduce("", String::concat)
              + "\r\n"
              + body);
      return client.readResponse();
    }
  }

  @Test
  void whoSignsGetsInOnceAndTheUpstreamLearnsWhoItIs() throws Exception {
    try (var gateway = gateways.start(yaml())) {
      List<String> fields = sign(ACME, "acme-1", "GET", "/orders/7?x=1", "");
      assertThat(send(gateway, "GET /orders/7?x=1", fields, "").status()).isEqualTo(200);
      ReceivedRequest received = origin.onlyRequest();
      assertThat(received.header("x-consumer")).isEqualTo("acme");
      assertThat(received.header("x-key")).isEqualTo("acme-1");
      assertThat(received.header("signature")).isNull();
      assertThat(received.header("signature-input")).isNull();

      RawResponse again = send(gateway, "GET /orders/7?x=1", fields, "");
      assertThat(again.status()).isEqualTo(401);
      assertThat(again.text()).contains("\"reason\":\"http_signature.replayed\"");
      assertThat(again.header("www-authenticate")).isEqualTo("HTTPSig");
      assertThat(again.header("accept-signature"))
          .isEqualTo("sig=(\"@method\" \"@authority\" \"@path\" \"@query\");created;keyid");

      List<String> hmac = sign(SHOP, "shop-1", "GET", "/orders/7", "");
      assertThat(send(gateway, "GET /orders/7", hmac, "").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("x-consumer")).isEqualTo("shop");
      List<String> kept = sign(ACME, "acme-1", "GET", "/kept", "");
      assertThat(send(gateway, "GET /kept", kept, "").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("signature")).startsWith("s=:");
    }
  }

  @Test
  void anUnknownKeyAndAWrongSignatureGetTheSameAnswer() throws Exception {
    try (var gateway = gateways.start(yaml())) {
      RawResponse wrong =
          send(gateway, "GET /orders/8", sign(ACME, "acme-1", "GET", "/orders/7", ""), "");
      RawResponse unknown =
          send(gateway, "GET /orders/7", sign(ACME, "acme-2", "GET", "/orders/7", ""), "");
      RawResponse others =
          send(gateway, "GET /orders/7", sign(ACME, "shop-1", "GET", "/orders/7", ""), "");
      assertThat(wrong.text()).contains("\"reason\":\"http_signature.invalid\"");
      assertThat(withoutId(unknown)).isEqualTo(withoutId(wrong));
      assertThat(withoutId(others)).isEqualTo(withoutId(wrong));
      assertThat(send(gateway, "GET /orders/7", List.of(), "").text())
          .contains("\"reason\":\"http_signature.missing\"");
      assertThat(origin.requests()).isEmpty();
    }
  }

  private static String withoutId(RawResponse answer) {
    return answer.status()
        + answer.header("accept-signature")
        + answer.text().replaceAll("\"request_id\":\"[^\"]*\"", "");
  }

  @Test
  void ofABodyThatIsNotTheSignedOneTheUpstreamNeverGetsTheEnd() throws Exception {
    try (var gateway = gateways.start(yaml())) {
      String body = "0123456789abcdef".repeat(8 * 1024);
      List<String> right = sign(ACME, "acme-1", "POST", "/orders", digest(body));
      assertThat(send(gateway, "POST /orders", right, body).status()).isEqualTo(200);
      assertThat(origin.onlyRequest().text()).isEqualTo(body);

      List<String> wrong = sign(ACME, "acme-1", "POST", "/orders", digest(body));
      RawResponse refused = send(gateway, "POST /orders", wrong, "1" + body.substring(1));
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.text()).contains("\"reason\":\"http_signature.body\"");
      List<String> uncovered = sign(ACME, "acme-1", "POST", "/orders", "");
      assertThat(send(gateway, "POST /orders", uncovered, "hi").text())
          .contains("\"reason\":\"http_signature.incomplete\"");
      List<String> chunked = sign(ACME, "acme-1", "POST", "/orders", "");
      chunked.add("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0");
      assertThat(send(gateway, "POST /orders", chunked, "").text())
          .contains("\"reason\":\"http_signature.incomplete\"");
      origin.awaitOpenConnections(0);
      assertThat(origin.requests().stream().filter(ReceivedRequest::isComplete)).hasSize(1);
    }
  }

  @Test
  void http2RequestsAreSignedInTheSameWay() throws Exception {
    try (var gateway = gateways.start(yaml());
        var client = gateway.connectHttp2()) {
      String authority = "localhost";
      for (String body : new String[] {"hi", "ho"}) {
        String parameters =
            "(\"@method\" \"@target-uri\" \"content-digest\");created=%d;keyid=\"acme-1\";nonce=\"%s\""
                .formatted(Instant.now().getEpochSecond(), body);
        String base =
            "\"@method\": POST\n\"@target-uri\": http://%s/orders/7?a\n\"content-digest\": %s\n"
                    .formatted(authority, digest("hi"))
                + "\"@signature-params\": "
                + parameters;
        String outcome =
            client
                .post(
                    "/orders/7?a",
                    body,
                    "signature-input: s=" + parameters,
                    ACME.signature("s", base).replace("Signature", "signature"),
                    "content-digest: " + digest("hi"))
                .text();
        if (body.equals("hi")) {
          assertThat(outcome).isEqualTo("in");
        } else {
          assertThat(outcome).contains("http_signature.body");
        }
      }
      // A body that nobody announced.
      String parameters =
          "(\"@method\" \"@target-uri\");created=%d;keyid=\"acme-1\""
              .formatted(Instant.now().getEpochSecond());
      String base =
          "\"@method\": POST\n\"@target-uri\": http://%s/orders/7\n\"@signature-params\": %s"
              .formatted(authority, parameters);
      var stream =
          client.open(
              "POST",
              "/orders/7",
              "signature-input: s=" + parameters,
              ACME.signature("s", base).replace("Signature", "signature"));
      stream.send("hi", true);
      assertThat(stream.response().text()).contains("http_signature.incomplete");
    }
  }

  @Test
  void aKeyThatIsTakenAwayIsTakenNoMoreAtOnce() throws Exception {
    try (var gateway = gateways.start(yaml())) {
      gateway.apply(yaml().replace("keyid: acme-1", "keyid: acme-2"));
      assertThat(
              send(gateway, "GET /orders/7", sign(ACME, "acme-1", "GET", "/orders/7", ""), "")
                  .status())
          .isEqualTo(401);
      List<String> next = sign(ACME, "acme-2", "GET", "/orders/7", "");
      assertThat(send(gateway, "GET /orders/7", next, "").status()).isEqualTo(200);
      gateway.apply(yaml().replace("keyid: acme-1", "keyid: acme-2").replace("X-Key", "X-K"));
      assertThat(send(gateway, "GET /orders/7", next, "").text())
          .as("what was seen outlives a change")
          .contains("http_signature.replayed");
    }
  }

  @Test
  void whatIsOnlyReportedPassesWhole() throws Exception {
    try (var gateway = gateways.start(yaml())) {
      List<String> fields = sign(ACME, "acme-1", "POST", "/reported", digest("hi"));
      assertThat(send(gateway, "POST /reported", fields, "ho").status()).isEqualTo(200);
      assertThat(origin.onlyRequest().text()).isEqualTo("ho");
      assertThat(send(gateway, "POST /reported", fields, "hi").status()).isEqualTo(200);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"reported\",reason=\"http_signature.replayed\"}", 1);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"reported\",reason=\"http_signature.body\"}", 1);
    }
  }
}
