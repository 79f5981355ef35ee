package dev.headgate.policy.extauthz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.OriginExchange;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtAuthzWireTest {
  private final AtomicReference<ScriptedOrigin.Script> script = new AtomicReference<>();
  private ScriptedOrigin service;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOthers() {
    answers(200, "");
    service = ScriptedOrigin.start(exchange -> script.get().answer(exchange));
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in", "X-Origin: 1"));
  }

  @AfterEach
  void stopOthers() {
    service.close();
    origin.close();
  }

  private void answers(int status, String body, String... headers) {
    script.set(exchange -> exchange.respond(status, body, headers));
  }

  private GatewayUnderTest gateway(String more) {
    return gateway("/check", more, "");
  }

  private GatewayUnderTest gateway(String path, String more, String mode) {
    return new Gateways("nio")
        .start(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              keys: { apiKey: {} }
              asked: { extAuthz: { url: "%s%s"%s }%s }
            routes:
              orders: { match: { path: /orders/** }, auth: public, policies: [asked], to: o }
              others: { match: { path: /others/** }, auth: public, policies: [asked], to: o }
              known: { match: { path: /known/** }, auth: keys, policies: [asked], to: o }
              open: { match: { path: /open/** }, auth: public, to: o }
            consumers:
              acme: { credentials: [{ apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae } }] }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(origin.url(), service.url(), path, more, mode));
  }

  private static RawResponse get(RawClient client, String path, String... fields)
      throws IOException {
    return send(client, "GET " + path, fields);
  }

  private static RawResponse send(RawClient client, String start, String... fields)
      throws IOException {
    client.send(start + " HTTP/1.1\r\nHost: api.example:8080\r\n");
    for (String field : fields) {
      client.send(field + "\r\n");
    }
    client.send("\r\n");
    return client.readResponse();
  }

  @Test
  void theServiceIsToldWhatIsAskedForAndByWhom() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawResponse answer =
          send(
              client,
              "DELETE /orders/./7?a=1",
              "Authorization: Bearer t",
              "Cookie: s=1",
              "X-Forwarded-For: 6.6.6.6",
              "X-Forwarded-Method: GET",
              "X-Original-URL: http://evil/",
              "If-None-Match: \"1\"",
              "Accept-Encoding: gzip");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("in");

      ReceivedRequest asked = service.onlyRequest();
      assertThat(asked.requestLine()).isEqualTo("GET /check HTTP/1.1");
      assertThat(asked.header("host")).isEqualTo("127.0.0.1:" + service.port());
      assertThat(asked.header("authorization")).isEqualTo("Bearer t");
      assertThat(asked.header("cookie")).isEqualTo("s=1");
      assertThat(asked.headers("x-forwarded-method")).containsExactly("DELETE");
      assertThat(asked.headers("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(asked.header("x-forwarded-proto")).isEqualTo("http");
      assertThat(asked.header("x-forwarded-host")).isEqualTo("api.example:8080");
      assertThat(asked.header("x-forwarded-uri")).isEqualTo("/orders/7?a=1");
      assertThat(asked.headers("x-original-url"))
          .containsExactly("http://api.example:8080/orders/7?a=1");
      assertThat(asked.header("x-request-id"))
          .isNotNull()
          .isEqualTo(origin.onlyRequest().header("x-request-id"));
      assertThat(asked.header("if-none-match")).isNull();
      assertThat(asked.header("accept-encoding")).isNull();
      assertThat(origin.onlyRequest().header("authorization")).isEqualTo("Bearer t");
      assertThat(origin.onlyRequest().header("x-forwarded-uri")).isNull();
    }
  }

  @Test
  void itIsAskedAsEnvoyAsks() throws Exception {
    try (var gateway = gateway("/v1/", ", path: append, method: same, send: [X-Tenant]", "");
        RawClient client = gateway.connect()) {
      send(
          client,
          "PUT /orders/7?q={|}",
          "X-Tenant: a",
          "X-Tenant: b",
          "Authorization: t",
          "Content-Length: 0");
      ReceivedRequest asked = service.onlyRequest();
      assertThat(asked.requestLine()).isEqualTo("PUT /v1/orders/7?q={|} HTTP/1.1");
      assertThat(asked.headers("x-tenant")).containsExactly("a", "b");
      assertThat(asked.header("authorization")).isNull();
      assertThat(asked.header("x-request-id")).isNotNull();
    }
  }

  @Test
  void theBodyIsNotSentAndArrivesWhole() throws Exception {
    try (var gateway = gateway(", method: same");
        RawClient client = gateway.connect()) {
      client.send("POST /orders/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(service.onlyRequest().header("content-length")).isEqualTo("0");
      assertThat(origin.onlyRequest().text()).isEqualTo("hello");
    }
  }

  @Test
  void itIsToldWhoIsCallingAndNobodyElseCanSay() throws Exception {
    try (var gateway = gateway(", identity: { X-Consumer: consumer, X-Groups: groups }");
        RawClient client = gateway.connect()) {
      get(client, "/known/1", "X-API-Key: foo", "X-Consumer: root", "X-Groups: admins");
      ReceivedRequest asked = service.onlyRequest();
      assertThat(asked.headers("x-consumer")).containsExactly("acme");
      assertThat(asked.headers("x-groups")).containsExactly("");
      get(client, "/orders/1", "X-Consumer: root");
      assertThat(service.lastRequest().header("x-consumer")).isNull();
      get(client, "/known/1", "X-API-Key: wrong");
      assertThat(service.requests()).as("who is not known is not asked about").hasSize(2);
    }
  }

  @Test
  void whatItSaysOfTheCallerReachesTheOriginAndCannotBeForged() throws Exception {
    answers(
        204,
        "",
        "X-User: ada",
        "X-Role: a",
        "X-Role: b",
        "Authorization: Bearer inner",
        "X-Secret: s");
    try (var gateway = gateway(", toUpstream: [X-User, X-Role, X-Absent, Authorization]");
        RawClient client = gateway.connect()) {
      String[] forged = {"X-User: root", "x-role: admin", "X-Absent: 1", "Authorization: Bearer t"};
      get(client, "/orders/1", forged);
      ReceivedRequest request = origin.lastRequest();
      assertThat(request.headers("x-user")).containsExactly("ada");
      assertThat(request.headers("x-role")).containsExactly("a", "b");
      assertThat(request.header("x-absent")).isNull();
      assertThat(request.header("x-secret")).isNull();
      assertThat(request.headers("authorization")).containsExactly("Bearer inner");
      assertThat(service.onlyRequest().header("x-user")).isNull();

      get(client, "/open/1", forged);
      request = origin.lastRequest();
      assertThat(request.header("x-user")).isNull();
      assertThat(request.header("x-role")).isNull();
      assertThat(request.headers("authorization")).containsExactly("Bearer t");
    }
  }

  @Test
  void whatItSaysToTheClientIsAddedToTheAnswer() throws Exception {
    answers(200, "unseen", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Other: 1");
    try (var gateway = gateway(", toClient: Set-Cookie");
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client, "/orders/1");
      assertThat(answer.headers("set-cookie")).containsExactly("a=1", "b=2");
      assertThat(answer.header("x-origin")).isEqualTo("1");
      assertThat(answer.header("x-other")).isNull();
    }
  }

  @Test
  void whoIsRefusedGetsTheAnswerOfTheService() throws Exception {
    answers(
        401,
        "{\"login\":true}",
        "WWW-Authenticate: Basic",
        "Content-Type: application/json",
        "X-Inside: 1");
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "/orders/1");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.headers("www-authenticate")).containsExactly("Basic");
      assertThat(refused.headers("content-type")).containsExactly("application/json");
      assertThat(refused.text()).isEqualTo("{\"login\":true}");
      assertThat(refused.header("x-inside")).isNull();

      answers(302, "", "Location: https://login.example/", "Set-Cookie: state=1");
      RawResponse login = get(client, "/orders/1");
      assertThat(login.status()).isEqualTo(302);
      assertThat(login.header("location")).isEqualTo("https://login.example/");
      assertThat(login.header("set-cookie")).isEqualTo("state=1");
      assertThat(origin.requests()).isEmpty();
      gateway.awaitMetric(
          "headgate_failures_total{reason=\"ext_authz.denied\",stage=\"authorize\"}", 2);
    }
  }

  @Test
  void inReportModeNothingIsChangedAndRefusalsAreCounted() throws Exception {
    answers(403, "no", "Set-Cookie: a=1");
    try (var gateway =
            gateway("/check", ", toUpstream: X-User, toClient: Set-Cookie", ", mode: report");
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client, "/orders/1");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("set-cookie")).isNull();
      answers(200, "", "X-User: ada", "Set-Cookie: a=1");
      answer = get(client, "/orders/1");
      assertThat(answer.header("set-cookie")).isNull();
      assertThat(origin.lastRequest().header("x-user")).isNull();
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"asked\",reason=\"ext_authz.denied\"}", 1);
    }
  }

  private enum Trouble implements ScriptedOrigin.Script {
    FAILS {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(500, "");
      }
    },
    TALKS_NONSENSE {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.send("SSH-2.0-OpenSSH\r\n\r\n");
        exchange.close();
      }
    },
    SAYS_TOO_MUCH {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.respond(200, "x".repeat(70_000));
      }
    },
    SAYS_NOTHING {
      @Override
      public void answer(OriginExchange exchange) {
        exchange.awaitClosed();
      }
    },
    HANGS_UP {
      @Override
      public void answer(OriginExchange exchange) throws IOException {
        exchange.reset();
      }
    }
  }

  private static final String SHORT = ", timeout: 300ms, breaker: { failures: 2, open: 100ms }";

  @ParameterizedTest
  @EnumSource
  void nobodyGetsInThroughAServiceThat(Trouble trouble) throws Exception {
    script.set(trouble);
    try (var gateway = gateway(SHORT);
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        RawResponse answer = get(client, "/orders/1");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("\"reason\":\"ext_authz.unavailable\"");
      }
      assertThat(origin.requests()).isEmpty();
      answers(200, "");
      while (get(client, "/orders/1").status() != 200) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void theStatusIsForTheUserToSay() throws Exception {
    script.set(Trouble.FAILS);
    try (var gateway = gateway(", failureStatus: 403");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1").status()).isEqualTo(403);
    }
  }

  @Test
  void whoShallBeLetThroughThenIsAndIsCounted() throws Exception {
    service.stopAccepting();
    try (var gateway = gateway(SHORT + ", onFailure: allow, toUpstream: X-User");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1", "X-User: root").status()).isEqualTo(200);
      assertThat(origin.onlyRequest().header("x-user")).isNull();
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"asked\",reason=\"ext_authz.unavailable\"}", 1);
    }
    service.startAccepting();
  }

  @Test
  void decisionsAreRememberedForRequestsThatAreAlikeInAllParts() throws Exception {
    String cache =
        ", cache: { key: [path, \"header:Authorization\"], time: 1h }, toUpstream: X-User";
    answers(200, "", "X-User: ada");
    try (var gateway = gateway(cache);
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        get(client, "/orders/1?n=" + i, "Authorization: a");
        assertThat(origin.lastRequest().header("x-user")).isEqualTo("ada");
      }
      assertThat(service.requests()).hasSize(1);
      answers(403, "no");
      assertThat(get(client, "/orders/1").status()).as("without the field").isEqualTo(403);
      assertThat(get(client, "/orders/1", "Authorization: ").status()).isEqualTo(403);
      assertThat(get(client, "/orders/1", "Authorization: a", "Authorization: b").status())
          .isEqualTo(403);
      assertThat(get(client, "/orders/2", "Authorization: a").status()).isEqualTo(403);
      assertThat(get(client, "/others/1", "Authorization: a").status()).isEqualTo(403);
      assertThat(service.requests()).hasSize(6);
      assertThat(get(client, "/orders/2", "Authorization: a").status()).isEqualTo(403);
      assertThat(get(client, "/orders/1", "Authorization: a").status()).isEqualTo(200);
      assertThat(service.requests()).hasSize(6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Set-Cookie: a=1", "Cache-Control: private, no-store"})
  void whatIsMeantForOneIsNotKeptForOthers(String field) throws Exception {
    answers(200, "", field);
    try (var gateway = gateway(", cache: { key: [address] }, toClient: Set-Cookie");
        RawClient client = gateway.connect()) {
      get(client, "/orders/1");
      get(client, "/orders/1");
      assertThat(service.requests()).hasSize(2);
    }
  }

  @Test
  void thousandsOfRequestsThatAreAlikeAreOneQuestion() throws Exception {
    Gate gate = new Gate();
    script.set(exchange -> {
      gate.await();
      exchange.respond(200, "");
    });
    try (var gateway = gateway(", cache: { key: [address] }, timeout: 10s")) {
      List<RawClient> clients = new java.util.ArrayList<>();
      for (int i = 0; i < 100; i++) {
        clients.add(gateway.connect().send("GET /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n"));
      }
      gateway.awaitMetric("headgate_requests_in_flight", 100);
      gate.open();
      for (RawClient client : clients) {
        assertThat(client.readResponse().status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
          assertThat(get(client, "/orders/1").status()).isEqualTo(200);
        }
        client.close();
      }
      assertThat(service.requests()).hasSize(1);
    }
  }

  @Test
  void whoGoesAwayMeanwhileLeavesNothingBehind() throws Exception {
    Gate gate = new Gate();
    script.set(exchange -> {
      gate.await();
      exchange.respond(200, "");
    });
    try (var gateway = gateway(", timeout: 10s");
        RawClient client = gateway.connect()) {
      RawClient hasty = gateway.connect().send("GET /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
      service.awaitRequest(1);
      hasty.reset();
      gateway.awaitMetric("headgate_requests_in_flight", 0);
      gate.open();
      assertThat(get(client, "/orders/2").status()).isEqualTo(200);
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void nothingOfTheConnectionIsSentOn() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      get(client, "/orders/1", "Connection: X-Hop, keep-alive", "X-Hop: 1", "TE: trailers");
      assertThat(service.onlyRequest().headers().stream().map(Header::name))
          .map(name -> name.toLowerCase(Locale.ROOT))
          .doesNotContain("connection", "x-hop", "te", "upgrade");
    }
  }
}
