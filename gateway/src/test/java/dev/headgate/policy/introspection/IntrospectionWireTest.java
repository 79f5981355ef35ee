package dev.headgate.policy.introspection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.OriginExchange;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntrospectionWireTest {
  private static final String ACTIVE =
      "{\"active\":true,\"sub\":\"ada\",\"client_id\":\"acme-app\",\"aud\":\"orders\",\"scope\":\"read write\",\"iss\":\"https://idp\"}";
  private static final SigningKey KEY = SigningKey.of("first", "ES256");

  private final AtomicReference<ScriptedOrigin.Script> script = new AtomicReference<>();
  @TempDir private Path folder;
  private ScriptedOrigin idp;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOthers() throws IOException {
    Files.writeString(folder.resolve("secret"), "a secret & more: ü");
    Files.writeString(folder.resolve("bearer"), "gateway-token");
    says(ACTIVE);
    idp = ScriptedOrigin.start(exchange -> script.get().answer(exchange));
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  @AfterEach
  void stopOthers() {
    idp.close();
    origin.close();
  }

  private void says(String answer) {
    script.set(exchange -> exchange.respond(200, answer, "Content-Type: application/json"));
  }

  private GatewayUnderTest gateway(String more) {
    return gateway("{ id: \"gate way\", secret: \"${file:%s/secret}\" }", more);
  }

  private GatewayUnderTest gateway(String client, String more) {
    return new Gateways("nio")
        .start(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              opaque: { introspection: { endpoint: "%s/introspect", client: %s, audience: orders%s } }
            routes:
              orders: { match: { path: /orders/** }, auth: opaque, to: o }
            consumers:
              acme: { credentials: [{ introspection: { claim: { client_id: acme-app } } }] }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(origin.url(), idp.url(), client.formatted(folder), more));
  }

  private static RawResponse get(RawClient client, String token) throws IOException {
    return send(client, token).readResponse();
  }

  private static RawClient send(RawClient client, String token) throws IOException {
    return client.send(
        "GET /orders/7 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n");
  }

  @Test
  void aTokenThatIsActiveOpensTheRouteAndWhatIsKnownOfItReachesTheOriginInItsPlace()
      throws Exception {
    String headers = ", identityHeaders: { X-User: subject, X-Scopes: scopes, X-C: consumer }";
    try (var gateway = gateway(headers);
        RawClient client = gateway.connect()) {
      assertThat(get(client, "to+ken/1").status()).isEqualTo(200);

      ReceivedRequest asked = idp.onlyRequest();
      assertThat(asked.requestLine()).isEqualTo("POST /introspect HTTP/1.1");
      assertThat(asked.text()).isEqualTo("token_type_hint=access_token&token=to%2Bken%2F1");
      assertThat(asked.header("content-type")).isEqualTo("application/x-www-form-urlencoded");
      assertThat(asked.header("accept")).isEqualTo("application/json");
      assertThat(decoded(asked.header("authorization")))
          .isEqualTo("gate%20way:a%20secret%20%26%20more%3A%20%C3%BC");
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.header("authorization")).isNull();
      assertThat(request.header("x-user")).isEqualTo("ada");
      assertThat(request.header("x-scopes")).isEqualTo("read write");
      assertThat(request.header("x-c")).isEqualTo("acme");
    }
  }

  private static String decoded(@Nullable String basic) {
    assertThat(basic).startsWith("Basic ");
    return new String(
        Base64.getDecoder().decode(Objects.requireNonNull(basic).substring(6)), UTF_8);
  }

  @Test
  void theGatewayProvesWhoItIsInTheOtherWaysToo() throws Exception {
    try (var gateway = gateway("{ id: g, secret: \"${file:%s/bearer}\", method: post }", "");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "t").status()).isEqualTo(200);
      assertThat(idp.lastRequest().header("authorization")).isNull();
      assertThat(idp.lastRequest().text())
          .isEqualTo(
              "client_id=g&client_secret=gateway-token&token_type_hint=access_token&token=t");
    }
    try (var gateway = gateway("{ secret: \"${file:%s/bearer}\", method: bearer }", "");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "t").status()).isEqualTo(200);
      assertThat(idp.lastRequest().header("authorization")).isEqualTo("Bearer gateway-token");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"active\":false}|introspection.inactive|The token is not active",
        "{\"active\":false,\"sub\":\"ada\",\"aud\":\"orders\",\"iss\":\"https://idp\"}|introspection.inactive|The token is not active",
        "{\"active\":true,\"aud\":\"shop\",\"iss\":\"https://idp\",\"sub\":\"a\"}|introspection.audience|The token is meant for somebody else",
        "{\"active\":true,\"iss\":\"https://idp\",\"sub\":\"a\"}|introspection.audience|The token is meant for somebody else",
        "{\"active\":true,\"aud\":[\"shop\",\"orders\"],\"iss\":\"https://other\",\"sub\":\"a\"}|introspection.issuer|The token was issued by somebody else",
        "{\"active\":true,\"aud\":\"orders\",\"iss\":\"https://idp\",\"sub\":\"a\",\"exp\":1000000000}|introspection.expired|The token has expired",
        "{\"active\":true,\"aud\":\"orders\",\"iss\":\"https://idp\",\"sub\":\"a\",\"nbf\":4102444800}|introspection.not_yet|The token is not valid yet",
        "{\"active\":true,\"aud\":\"orders\",\"iss\":\"https://idp\",\"sub\":\"a\",\"cnf\":{\"x5t#S256\":\"x\"}}|introspection.certificate|The token is bound to another client certificate",
        "{\"active\":true,\"aud\":\"orders\",\"iss\":\"https://idp\",\"sub\":\"a\",\"cnf\":{\"jkt\":\"x\"}}|introspection.binding|The token is not bound to its caller as it must be",
        "{\"active\":true,\"aud\":\"orders\",\"iss\":\"https://idp\"}|introspection.claim|The token lacks a claim, or a claim is malformed",
      })
  void aCallerIsToldWhatIsWrongWithItsToken(String answer, String reason, String description)
      throws Exception {
    says(answer);
    try (var gateway = gateway(", issuer: \"https://idp\", requiredClaims: sub");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "t");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.header("www-authenticate"))
          .isEqualTo(
              "Bearer error=\"invalid_token\", error_description=\"%s\"".formatted(description));
      assertThat(refused.text()).contains("\"reason\":\"" + reason + "\"");
      assertThat(get(client, "t").text()).contains(reason);
      idp.onlyRequest();
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void nobodyIsAskedAboutARequestWithoutOneToken() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      client.send("GET /orders/7 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readResponse().text()).contains("\"reason\":\"introspection.missing\"");
      assertThat(get(client, "x".repeat(17_000)).text())
          .contains("\"reason\":\"introspection.malformed\"");
      assertThat(get(client, "a\r\nAuthorization: Bearer b").text())
          .contains("\"reason\":\"introspection.malformed\"");
      assertThat(idp.requests()).isEmpty();
    }
  }

  @Test
  void manyCallersWithOneTokenAreOneQuestion() throws Exception {
    Gate gate = new Gate();
    script.set(exchange -> {
      gate.await();
      exchange.respond(200, ACTIVE);
    });
    try (var gateway = gateway("")) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        clients.add(send(gateway.connect(), "t"));
      }
      gateway.awaitMetric("headgate_requests_in_flight", 200);
      gate.open();
      for (RawClient client : clients) {
        assertThat(client.readResponse().status()).isEqualTo(200);
        for (int i = 0; i < 10; i++) {
          assertThat(get(client, "t").status()).isEqualTo(200);
        }
        client.close();
      }
      idp.onlyRequest();
      assertThat(origin.requests()).hasSize(2200);
    }
  }

  @Test
  void nobodyIsAskedAboutTheTokensOfWhoGuesses() throws Exception {
    String gone = ", cache: { active: 1ms, inactive: 0s }";
    try (var gateway = gateway(gone);
        RawClient client = gateway.connect()) {
      assertThat(get(client, "good").status()).isEqualTo(200);
      says("{\"active\":false}");
      int guesses = 0;
      while (get(client, "guess" + guesses).status() == 401) {
        guesses++;
      }
      int asked = idp.requests().size();
      assertThat(get(client, "another").text()).contains("auth.slowed");
      assertThat(idp.requests()).hasSize(asked);

      says(ACTIVE);
      assertThat(get(client, "good").status())
          .as("whose token was active before is asked about all the same")
          .isEqualTo(200);
    }
  }

  @Test
  void connectionsToTheServerAreKept() throws Exception {
    try (var gateway = gateway(", cache: { active: 0s }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(client, "t").status()).isEqualTo(200);
      }
      assertThat(idp.requests()).hasSize(5);
      assertThat(idp.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void theAnswerServesOthersWhenWhoAskedHasGone() throws Exception {
    Gate gate = new Gate();
    script.set(exchange -> {
      gate.await();
      exchange.respond(200, ACTIVE);
    });
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawClient hasty = send(gateway.connect(), "t");
      idp.awaitRequest(1);
      hasty.reset();
      gateway.awaitMetric("headgate_requests_in_flight", 0);
      send(client, "t");
      gateway.awaitMetric("headgate_requests_in_flight", 1);
      gate.open();
      assertThat(client.readResponse().status()).isEqualTo(200);
      idp.onlyRequest();
      assertThat(origin.requests()).hasSize(1);
    }
  }

  /** Each is a server that gives no answer to believe. */
  enum Trouble implements ScriptedOrigin.Script {
    FAILS {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(500, "{\"active\":true,\"aud\":\"orders\"}");
      }
    },
    DOES_NOT_KNOW_US {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(401, "{\"error\":\"invalid_client\"}");
      }
    },
    TALKS_NONSENSE {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(200, "<html>active</html>");
      }
    },
    SAYS_ACTIVE_IN_A_TEXT {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(200, "{\"active\":\"true\",\"aud\":\"orders\"}");
      }
    },
    SAYS_BOTH {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(200, "{\"active\":false,\"active\":true,\"aud\":\"orders\"}");
      }
    },
    SAYS_TOO_MUCH {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.readBody();
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(70_000));
        exchange.awaitClosed();
      }
    },
    SAYS_NOTHING {
      @Override
      public void answer(OriginExchange exchange) {
        exchange.awaitClosed();
      }
    },
    STOPS_IN_THE_MIDDLE {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.readBody();
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + ACTIVE.substring(0, 50));
        exchange.close();
      }
    },
    HANGS_UP {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.reset();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallerIsNotToBlameForAServerThat(Trouble trouble) throws Exception {
    script.set(trouble);
    try (var gateway = gateway(", timeout: 300ms, breaker: { failures: 2, open: 100ms }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        RawResponse answer = get(client, "t");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("\"reason\":\"introspection.unavailable\"");
      }
      says(ACTIVE);
      while (get(client, "t").status() == 503) {
        Thread.onSpinWait();
      }
      assertThat(get(client, "t").status()).isEqualTo(200);
    }
  }

  @Test
  void whoIsAwayIsNotAskedByEverybody() throws Exception {
    script.set(Trouble.FAILS);
    try (var gateway = gateway(", breaker: { failures: 3, open: 10m }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(get(client, "t" + i).text()).contains("introspection.unavailable");
      }
      assertThat(idp.requests()).hasSize(3);
    }
  }

  @Test
  void theLastWordCountsWhileTheServerIsAwayIfThatIsAllowed() throws Exception {
    String away = ", cache: { active: 0s, inactive: 0s, maxAge: 1h }, breaker: { open: 100ms }";
    try (var gateway = gateway(away + ", onFailure: allowCached");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "good").status()).isEqualTo(200);
      says("{\"active\":false}");
      assertThat(get(client, "bad").status()).isEqualTo(401);

      idp.stopAccepting();
      idp.closeConnections();
      for (int i = 0; i < 10; i++) {
        assertThat(get(client, "good").status()).isEqualTo(200);
        assertThat(get(client, "bad").status()).isEqualTo(503);
        assertThat(get(client, "new").status()).isEqualTo(503);
      }

      idp.startAccepting();
      while (get(client, "good").status() == 200) {
        Thread.onSpinWait();
      }
      assertThat(get(client, "good").text())
          .as("once the server can be asked what it says now counts")
          .contains("introspection.inactive");
    }
  }

  @Test
  void withoutThatNobodyGetsInOnTheLastWord() throws Exception {
    try (var gateway = gateway(", cache: { active: 0s, maxAge: 1h }");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "good").status()).isEqualTo(200);
      script.set(Trouble.FAILS);
      assertThat(get(client, "good").text()).contains("introspection.unavailable");
    }
  }

  private void signs(String header, String payload) {
    script.set(exchange -> {
      if (exchange.request().path().equals("/keys")) {
        exchange.respond(200, SigningKey.set(KEY));
      } else {
        exchange.respond(
            200,
            KEY.token(header, payload),
            "Content-Type: application/token-introspection+jwt; charset=utf-8");
      }
    });
  }

  private GatewayUnderTest signed() {
    return signed("");
  }

  private GatewayUnderTest signed(String more) {
    return gateway(
        ", issuer: \"https://idp\", signed: { jwks: \"%s/keys\"%s }, breaker: { failures: 100 }"
            .formatted(idp.url(), more));
  }

  private static final String HEADER =
      "{\"alg\":\"ES256\",\"kid\":\"first\",\"typ\":\"token-introspection+jwt\"}";

  private static String outside(String audience, String inside) {
    return "{\"iss\":\"https://idp\",\"aud\":\"%s\",\"iat\":1514797892,\"token_introspection\":%s}"
        .formatted(audience, inside);
  }

  @Test
  void aSignedAnswerIsBelieved() throws Exception {
    signs(HEADER, outside("gate way", ACTIVE));
    try (var gateway = signed();
        RawClient client = gateway.connect()) {
      assertThat(get(client, "t").status()).isEqualTo(200);
      assertThat(
              idp.requests().stream()
                  .filter(request -> request.path().equals("/introspect"))
                  .map(request -> request.header("accept")))
          .containsExactly("application/token-introspection+jwt");
      signs(HEADER, outside("gate way", "{\"active\":false}"));
      assertThat(get(client, "u").text()).contains("introspection.inactive");
    }
  }

  private void encrypts(KeyPair pair, String token) throws Exception {
    JWEObject envelope =
        new JWEObject(
            new JWEHeader.Builder(JWEAlgorithm.ECDH_ES, EncryptionMethod.A128GCM)
                .contentType("JWT")
                .build(),
            new Payload(token));
    envelope.encrypt(new ECDHEncrypter((ECPublicKey) pair.getPublic()));
    script.set(exchange -> {
      boolean keys = exchange.request().path().equals("/keys");
      exchange.respond(
          200,
          keys ? SigningKey.set(KEY) : envelope.serialize(),
          "Content-Type: application/token-introspection+jwt");
    });
  }

  @Test
  void aSignedAnswerMayBeEncryptedBesides() throws Exception {
    KeyPair pair = SigningKey.of("", "ES256").pair();
    Path file = folder.resolve("own.pem");
    Files.writeString(file, SigningKey.pem("PRIVATE KEY", pair.getPrivate()));
    String answer = KEY.token(HEADER, outside("gate way", ACTIVE));
    encrypts(pair, answer);
    try (var gateway = signed(", decryption: { keys: \"%s\", required: true }".formatted(file));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "t").status()).isEqualTo(200);
      signs(HEADER, outside("gate way", ACTIVE));
      assertThat(get(client, "bare").text()).contains("introspection.unavailable");
      encrypts(SigningKey.of("", "ES256").pair(), answer);
      assertThat(get(client, "other").text()).contains("introspection.unavailable");
      encrypts(pair, ACTIVE);
      assertThat(get(client, "unsigned").text()).contains("introspection.unavailable");
      encrypts(pair, KEY.token(HEADER, outside("somebody else", ACTIVE)));
      assertThat(get(client, "audience").text()).contains("introspection.unavailable");
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void anAnswerThatMayNotBeTheServersIsNotBelieved() throws Exception {
    signs(HEADER, outside("gate way", ACTIVE));
    try (var gateway = signed();
        RawClient client = gateway.connect()) {
      says(ACTIVE);
      assertThat(get(client, "plain").text()).contains("introspection.unavailable");
      signs(HEADER, outside("somebody else", ACTIVE));
      assertThat(get(client, "audience").text()).contains("introspection.unavailable");
      signs(HEADER.replace("token-introspection+jwt", "JWT"), outside("gate way", ACTIVE));
      assertThat(get(client, "type").text()).contains("introspection.unavailable");
      signs(HEADER.replace("ES256", "none"), outside("gate way", ACTIVE));
      assertThat(get(client, "none").text()).contains("introspection.unavailable");
      signs(HEADER.replace("first", "other"), outside("gate way", ACTIVE));
      assertThat(get(client, "key").text()).contains("introspection.unavailable");
      signs(
          HEADER, outside("gate way", ACTIVE).replace("https://idp\",\"aud", "https://x\",\"aud"));
      assertThat(get(client, "issuer").text()).contains("introspection.unavailable");
      signs(HEADER, outside("gate way", "\"active\""));
      assertThat(get(client, "inside").text()).contains("introspection.unavailable");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"header: X-Token", "query: t", "cookie: t"})
  void theTokenMayStandElsewhere(String place) throws Exception {
    try (var gateway = gateway(", from: { " + place + " }");
        RawClient client = gateway.connect()) {
      client.send(
          "GET /orders/7?t=opaque-1 HTTP/1.1\r\nHost: a\r\nX-Token: opaque-1\r\nCookie: t=opaque-1\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(idp.onlyRequest().text()).endsWith("&token=opaque-1");
      String kept = origin.onlyRequest().head();
      assertThat(kept.split("opaque-1", -1)).as(kept).hasSize(3);
    }
  }
}
