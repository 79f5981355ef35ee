package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtWireTest {
  private static final SigningKey FIRST = SigningKey.of("first", "RS256");
  private static final SigningKey SECOND = SigningKey.of("second", "ES256");
  private static final String LATER = "4102444800";

  private final AtomicReference<String> keys = new AtomicReference<>(SigningKey.set(FIRST));
  private final AtomicReference<Integer> status = new AtomicReference<>(200);
  @TempDir private Path folder;
  private ScriptedOrigin idp;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOthers() {
    idp =
        ScriptedOrigin.start(exchange -> {
          String path = exchange.request().path();
          String metadata =
              "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(idp.url(), idp.url());
          exchange.respond(status.get(), path.startsWith("/.well-known") ? metadata : keys.get());
        });
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  @AfterEach
  void stopOthers() {
    idp.close();
    origin.close();
  }

  private GatewayUnderTest gateway(String more) {
    return new Gateways("nio").start(yaml(more));
  }

  private String yaml(String more) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      idp: { jwt: { issuer: "%s", audience: orders%s } }
    routes:
      orders: { match: { path: /orders/** }, auth: idp, to: o }
    consumers:
      acme: { credentials: [{ jwt: { claim: { azp: acme-app } } }] }
      batch: { credentials: [{ jwt: { subject: nightly } }] }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), idp.url(), more);
  }

  private String claims(String more) {
    return "{\"iss\":\"%s\",\"aud\":\"orders\",\"exp\":%s,\"sub\":\"ada\"%s}"
        .formatted(idp.url(), LATER, more);
  }

  private static RawResponse get(RawClient client, String token) throws Exception {
    client.send("GET /orders/7 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    return client.readResponse();
  }

  @Test
  void aTokenOpensTheRouteAndItsClaimsReachTheOriginInItsPlace() throws Exception {
    String headers = ", identityHeaders: { X-User: subject, X-Scopes: scopes, X-C: consumer }";
    try (var gateway = gateway(", jwks: \"" + idp.url() + "/keys\"" + headers);
        RawClient client = gateway.connect()) {
      String token = FIRST.token(claims(",\"scope\":\"read write\",\"azp\":\"acme-app\""));
      assertThat(get(client, token).status()).isEqualTo(200);

      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.header("authorization")).isNull();
      assertThat(request.header("x-user")).isEqualTo("ada");
      assertThat(request.header("x-scopes")).isEqualTo("read write");
      assertThat(request.header("x-c")).isEqualTo("acme");
    }
  }

  @Test
  void keysAreFoundThroughDiscovery() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      assertThat(get(client, FIRST.token(claims(""))).status()).isEqualTo(200);
      assertThat(idp.requests().stream().map(ReceivedRequest::path))
          .containsExactly("/.well-known/openid-configuration", "/keys");
    }
  }

  @Test
  void aCallerIsToldWhatIsWrongWithItsToken() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      client.send("GET /orders/7 HTTP/1.1\r\nHost: a\r\n\r\n");
      RawResponse without = client.readResponse();
      assertThat(without.status()).isEqualTo(401);
      assertThat(without.header("www-authenticate")).isEqualTo("Bearer");
      assertThat(without.text()).contains("\"reason\":\"jwt.missing\"");

      RawResponse expired = get(client, FIRST.token(claims("").replace(LATER, "1000000000")));
      assertThat(expired.status()).isEqualTo(401);
      assertThat(expired.header("www-authenticate"))
          .isEqualTo("Bearer error=\"invalid_token\", error_description=\"The token has expired\"");
      assertThat(expired.text()).contains("\"reason\":\"jwt.expired\"");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void aStolenTokenIsOfNoUseWithoutTheKeyThatItIsBoundTo() throws Exception {
    SigningKey caller = SigningKey.of("", "ES256");
    try (var gateway = gateway(", dpop: { nonce: true }");
        RawClient client = gateway.connect()) {
      String token = FIRST.token(claims(",\"cnf\":{\"jkt\":\"" + caller.thumbprint() + "\"}"));
      assertThat(get(client, token).header("www-authenticate"))
          .startsWith("DPoP algs=")
          .contains("error=\"invalid_dpop_proof\"");

      RawResponse asked = prove(client, token, proof(caller, token, ""));
      assertThat(asked.status()).isEqualTo(401);
      assertThat(asked.header("www-authenticate")).contains("error=\"use_dpop_nonce\"");
      String nonce = ",\"nonce\":\"" + asked.header("dpop-nonce") + "\"";

      String proof = proof(caller, token, nonce);
      RawResponse answer = prove(client, token, proof);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("dpop-nonce")).isEqualTo(asked.header("dpop-nonce"));
      assertThat(origin.onlyRequest().header("dpop")).isNull();
      assertThat(origin.onlyRequest().header("authorization")).isNull();

      assertThat(prove(client, token, proof).text()).contains("jwt.proof_replayed");
      assertThat(prove(client, token, proof(SigningKey.of("", "ES256"), token, nonce)).text())
          .contains("\"reason\":\"jwt.proof\"");
      gateway.apply(yaml(", dpop: { nonce: true }, leeway: 31s"));
      assertThat(prove(client, token, proof).text())
          .as("what was seen outlives a revision")
          .contains("jwt.proof_replayed");
    }
  }

  private static RawResponse prove(RawClient client, String token, String proof) throws Exception {
    client.send(
        "GET /orders/7?a=1 HTTP/1.1\r\nHost: a\r\nAuthorization: DPoP %s\r\nDPoP: %s\r\n\r\n"
            .formatted(token, proof));
    return client.readResponse();
  }

  private static String proof(SigningKey key, String token, String more) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
    return key.token(
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%s}".formatted(key.jwk()),
        "{\"jti\":\"%s\",\"htm\":\"GET\",\"htu\":\"http://a/orders/7\",\"iat\":%d,\"ath\":\"%s\"%s}"
            .formatted(
                UUID.randomUUID(), Instant.now().getEpochSecond(), SigningKey.base64(hash), more));
  }

  @Test
  void otherSchemesAreLeftToOthersAndToTheOrigin() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      client.send("GET /orders/7 HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n");
      assertThat(client.readResponse().text()).contains("\"reason\":\"jwt.missing\"");
    }
  }

  @Test
  void aRotatedKeyIsFetchedWhenTheFirstTokenOfItComes() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      assertThat(get(client, FIRST.token(claims(""))).status()).isEqualTo(200);
      keys.set(SigningKey.set(SECOND));
      assertThat(get(client, SECOND.token(claims(""))).status()).isEqualTo(200);
      assertThat(get(client, FIRST.token(claims(""))).text())
          .as("the key is gone, and with it what was verified with it")
          .contains("jwt.key_unknown");
    }
  }

  @Test
  void whileKeysCannotBeHadNobodyIsToldThatItsTokenIsWrong() throws Exception {
    status.set(500);
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client, FIRST.token(claims("")));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text()).contains("\"reason\":\"jwt.keys_unavailable\"");

      status.set(200);
      RawResponse later = answer;
      while (later.status() == 503) {
        later = get(client, FIRST.token(claims("")));
      }
      assertThat(later.status()).isEqualTo(200);

      idp.stopAccepting();
      idp.closeConnections();
      assertThat(get(client, FIRST.token(claims(",\"n\":1"))).status())
          .as("the last good keys serve")
          .isEqualTo(200);
      assertThat(get(client, SECOND.token(claims(""))).text()).contains("jwt.keys_unavailable");
    }
  }

  @Test
  void keysComeFromAFileToo() throws Exception {
    Path file = folder.resolve("keys.json");
    Files.writeString(file, SigningKey.set(FIRST));
    try (var gateway = gateway(", jwks: \"" + file + "\"");
        RawClient client = gateway.connect()) {
      assertThat(get(client, FIRST.token(claims(""))).status()).isEqualTo(200);

      Files.writeString(file, SigningKey.set(SECOND));
      assertThat(get(client, SECOND.token(claims(""))).status()).isEqualTo(200);
      assertThat(idp.requests()).isEmpty();
    }
  }

  @Test
  void noValidCallerIsRefusedWhileKeysRotateAndTheIssuerComesAndGoes() throws Exception {
    List<SigningKey> signing =
        IntStream.range(0, 4).mapToObj(i -> SigningKey.of("k" + i, "ES256")).toList();
    keys.set(SigningKey.set(signing.get(0)));
    AtomicReference<SigningKey> current = new AtomicReference<>(signing.get(0));
    AtomicBoolean done = new AtomicBoolean();
    try (var gateway = gateway("");
        var threads = Executors.newFixedThreadPool(3)) {
      List<Future<Set<String>>> callers = new ArrayList<>();
      for (int caller = 0; caller < 3; caller++) {
        int name = caller;
        callers.add(
            threads.submit(() -> {
              Set<String> seen = new TreeSet<>();
              try (RawClient client = gateway.connect()) {
                for (int n = 0; !done.get(); n++) {
                  String more = ",\"n\":\"%d-%d\"".formatted(name, n % 50);
                  RawResponse answer = get(client, current.get().token(claims(more)));
                  seen.add(answer.status() == 200 ? "in" : answer.text());
                }
              }
              return seen;
            }));
      }
      try {
        for (int i = 1; i < signing.size(); i++) {
          // As issuers do: the new key is published beside the old one before it signs.
          keys.set(SigningKey.set(signing.get(i - 1), signing.get(i)));
          current.set(signing.get(i));
          awaitCalls(200);
          status.set(500);
          awaitCalls(200);
          status.set(200);
        }
      } finally {
        done.set(true);
      }
      for (Future<Set<String>> caller : callers) {
        assertThat(caller.get()).containsExactly("in");
      }
    }
  }

  private void awaitCalls(int more) throws Exception {
    origin.awaitRequest(origin.requests().size() + more);
  }
}
