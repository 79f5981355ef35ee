package dev.headgate.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.jose.StrictJson;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpaWireTest {
  private final AtomicReference<ScriptedOrigin.Script> script = new AtomicReference<>();
  @TempDir private Path folder;
  private ScriptedOrigin opa;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOthers() throws IOException {
    Files.writeString(folder.resolve("token"), "opa-token");
    says("{\"result\":true}");
    opa = ScriptedOrigin.start(exchange -> script.get().answer(exchange));
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  @AfterEach
  void stopOthers() {
    opa.close();
    origin.close();
  }

  private void says(String answer) {
    script.set(exchange -> exchange.respond(200, answer, "Content-Type: application/json"));
  }

  private GatewayUnderTest gateway(String more) {
    return new Gateways("nio")
        .start(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              keys: { apiKey: {} }
              asked: { opa: { url: "%s/v1/data/orders/authz"%s } }
            routes:
              orders: { match: { path: /orders/** }, auth: public, policies: [asked], to: o }
              known: { match: { path: /known/** }, auth: keys, policies: [asked], to: o }
            consumers:
              acme:
                groups: [partners]
                credentials: [{ apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae, id: k1 } }]
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(origin.url(), opa.url(), more));
  }

  private static RawResponse get(RawClient client, String path, String... fields)
      throws IOException {
    client.send("GET " + path + " HTTP/1.1\r\nHost: api.example:8080\r\n");
    for (String field : fields) {
      client.send(field + "\r\n");
    }
    client.send("\r\n");
    return client.readResponse();
  }

  private static Object at(Object json, String... names) {
    Object found = json;
    for (String name : names) {
      found = Objects.requireNonNull(((Map<?, ?>) found).get(name), name);
    }
    return found;
  }

  @Test
  void opaIsToldOfTheRequestAsItsPluginForEnvoyWouldAndOfTheCaller() throws Exception {
    try (var gateway = gateway(", token: \"${file:%s/token}\"".formatted(folder));
        RawClient client = gateway.connect()) {
      assertThat(
              get(client, "/known/a%20b/7?x=1&y=%22&x=2", "X-API-Key: foo", "X-A: 1", "x-a: 2")
                  .status())
          .isEqualTo(200);
      ReceivedRequest asked = opa.onlyRequest();
      assertThat(asked.requestLine()).isEqualTo("POST /v1/data/orders/authz HTTP/1.1");
      assertThat(asked.header("authorization")).isEqualTo("Bearer opa-token");
      assertThat(asked.header("content-type")).isEqualTo("application/json");
      Object input = at(StrictJson.object(asked.body()), "input");
      Object http = at(input, "attributes", "request", "http");
      assertThat(at(http, "method")).isEqualTo("GET");
      assertThat(at(http, "path")).isEqualTo("/known/a%20b/7?x=1&y=%22&x=2");
      assertThat(at(http, "host")).isEqualTo("api.example:8080");
      assertThat(at(http, "scheme")).isEqualTo("http");
      assertThat(at(http, "protocol")).isEqualTo("HTTP/1.1");
      assertThat(at(http, "headers", "x-a")).isEqualTo("1,2");
      assertThat(at(http, "headers", "x-api-key")).isEqualTo("foo");
      assertThat(at(input, "attributes", "source", "address", "socketAddress", "address"))
          .isEqualTo("127.0.0.1");
      assertThat(at(input, "parsed_path")).asString().isEqualTo("[known, a%20b, 7]");
      assertThat(at(input, "parsed_query")).asString().isEqualTo("{x=[1, 2], y=[\"]}");
      assertThat(at(input, "identity", "consumer")).isEqualTo("acme");
      assertThat(at(input, "identity", "subject")).isEqualTo("k1");
      assertThat(at(input, "identity", "groups")).asString().isEqualTo("[partners]");
      assertThat(at(input, "route", "name")).isEqualTo("known");
    }
  }

  @Test
  void metricsTellHowItAnswered() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      get(client, "/orders/1");
      script.set(exchange -> exchange.respond(500, "", "Content-Type: application/json"));
      get(client, "/orders/2");
      assertThat(gateway.metric("headgate_callouts_total{by=\"asked\",outcome=\"2xx\"}"))
          .isEqualTo(1);
      assertThat(gateway.metric("headgate_callouts_total{by=\"asked\",outcome=\"5xx\"}"))
          .isEqualTo(1);
      assertThat(gateway.metric("headgate_callouts_in_flight{by=\"asked\"}")).isZero();
    }
  }

  @Test
  void onlyTheFieldsThatAreNamedAreSent() throws Exception {
    try (var gateway = gateway(", send: X-A");
        RawClient client = gateway.connect()) {
      get(client, "/orders/1", "X-A: 1", "Authorization: secret");
      assertThat(opa.onlyRequest().text()).contains("\"headers\":{\"x-a\":\"1\"}");
      assertThat(opa.onlyRequest().text()).doesNotContain("secret").contains("\"identity\":null");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"result\":false}|opa.denied",
        "{}|opa.undefined",
        "{\"result\":null}|opa.undefined",
        "{\"result\":{\"allow\":false,\"reason\":\"too late\"}}|opa.denied",
        "{\"result\":{\"allowed\":false}}|opa.denied",
        "{\"result\":{\"allow\":false,\"allowed\":true}}|opa.denied",
      })
  void whoIsRefusedIsToldSoAndNoMore(String answer, String reason) throws Exception {
    says(answer);
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "/orders/1");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).contains("\"reason\":\"" + reason + "\"").doesNotContain("late");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"result\":\"true\"}",
        "{\"result\":1}",
        "{\"result\":[true]}",
        "{\"result\":{}}",
        "{\"result\":{\"allow\":\"yes\"}}",
        "{\"result\":false,\"result\":true}",
        "true",
        "[]",
        "",
        "{\"result\":{\"allow\":true,\"headers\":{\"X-Other\":\"1\"}}}",
        "{\"result\":{\"allow\":true,\"headers\":{\"X-User\":\"a\\r\\nX-Role: admin\"}}}",
        "{\"result\":{\"allow\":true,\"headers\":{\"X-User\":{}}}}",
        "{\"result\":{\"allow\":true,\"headers\":[\"X-User\"]}}",
        "{\"result\":{\"allow\":true,\"request_headers_to_remove\":[\"Host\"]}}",
        "{\"result\":{\"allow\":true,\"request_headers_to_remove\":\"X-A\"}}",
        "{\"result\":{\"allow\":true,\"response_headers_to_add\":{\"a b\":\"1\"}}}",
        "{\"result\":{\"allow\":true,\"response_headers_to_add\":{\"Transfer-Encoding\":\"chunked\"}}}",
        "{\"result\":{\"allow\":false,\"http_status\":200}}",
        "{\"result\":{\"allow\":false,\"http_status\":\"403\"}}",
      })
  void anAnswerThatCannotBeUnderstoodLetsNobodyIn(String answer) throws Exception {
    says(answer);
    try (var gateway = gateway(", toUpstream: X-User");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "/orders/1");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("\"reason\":\"opa.unavailable\"");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void aResultCanChangeTheRequestAndTheAnswer() throws Exception {
    says(
        "{\"result\":{\"allow\":true,\"headers\":{\"X-User\":\"ada\",\"x-role\":[\"a\",\"b\"]},"
            + "\"request_headers_to_remove\":[\"X-Gone\"],\"response_headers_to_add\":{\"X-Told\":\"1\"}}}");
    try (var gateway = gateway(", toUpstream: [X-User, X-Role]");
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client, "/orders/1", "X-User: root", "X-Gone: 1", "X-Role: admin");
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.headers("x-user")).containsExactly("ada");
      assertThat(request.headers("x-role")).containsExactly("a", "b");
      assertThat(request.header("x-gone")).isNull();
      assertThat(answer.header("x-told")).isEqualTo("1");
      assertThat(opa.onlyRequest().text()).doesNotContain("root");
    }
  }

  @Test
  void aResultCanSayHowItRefuses() throws Exception {
    says(
        "{\"result\":{\"allow\":false,\"http_status\":429,\"body\":\"slowly\",\"headers\":{\"Retry-After\":\"9\"}}}");
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "/orders/1");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text()).isEqualTo("slowly");
      assertThat(refused.header("retry-after")).isEqualTo("9");
      says(
          "{\"result\":{\"allow\":false,\"http_status\":302,\"headers\":{\"Location\":\"/login\"}}}");
      RawResponse login = get(client, "/orders/1");
      assertThat(login.status()).isEqualTo(302);
      assertThat(login.header("location")).isEqualTo("/login");
    }
  }

  @Test
  void decisionsAreRememberedByTheCaller() throws Exception {
    try (var gateway = gateway(", cache: { key: [identity, method, path], time: 1h }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(client, "/known/1", "X-API-Key: foo").status()).isEqualTo(200);
      }
      assertThat(opa.requests()).hasSize(1);
      says("{\"result\":false}");
      assertThat(get(client, "/known/2", "X-API-Key: foo").status()).isEqualTo(403);
      assertThat(get(client, "/orders/1").status()).isEqualTo(403);
      assertThat(get(client, "/known/1", "X-API-Key: foo").status()).isEqualTo(200);
    }
  }

  @Test
  void whileOpaIsAwayNobodyGetsInAndThenAllDoAgain() throws Exception {
    try (var gateway = gateway(", timeout: 300ms, breaker: { failures: 2, open: 100ms }");
        RawClient client = gateway.connect()) {
      opa.stopAccepting();
      for (int i = 0; i < 5; i++) {
        assertThat(get(client, "/orders/1").text()).contains("opa.unavailable");
      }
      opa.startAccepting();
      script.set(exchange -> exchange.respond(503, "{\"result\":true}"));
      assertThat(get(client, "/orders/1").text()).contains("opa.unavailable");
      says("{\"result\":true}");
      while (get(client, "/orders/1").status() != 200) {
        Thread.onSpinWait();
      }
    }
  }
}
