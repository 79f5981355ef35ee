package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeyWireTest {
  private static final String KEY = "hg_4f7ZqkPp0rXc2m9YdWnV5tLb8sJe3uGa";
  private static final String OLD = "hg_old";
  private static final String NEXT = "hg_next";

  private static String config(ScriptedOrigin origin) throws Exception {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      keys: { apiKey: { header: X-API-Key, identityHeaders: { X-Consumer: consumer, X-Key: subject } } }
      in-query: { apiKey: { query: api_key } }
      in-cookie: { apiKey: { cookie: key } }
    routes:
      orders: { match: { path: /orders/** }, auth: keys, to: o }
      queries: { match: { path: /queries }, auth: in-query, to: o }
      cookies: { match: { path: /cookies }, auth: in-cookie, to: o }
      any: { match: { path: /any }, auth: [keys, in-query], to: o }
      open: { match: { path: /open }, auth: public, to: o }
    consumers:
      acme:
        credentials:
          - apiKey: { sha256: "%s", id: acme-1 }
          - apiKey: { sha256: "%s", expires: 2020-01-01T00:00:00Z }
          - apiKey: { sha256: "%s", notBefore: 2999-01-01T00:00:00Z }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), sha256(KEY), sha256(OLD), sha256(NEXT));
  }

  private static String sha256(String key) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(hash);
  }

  private static RawResponse get(RawClient client, String path, String... fields) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + lines(fields) + "\r\n");
    return client.readResponse();
  }

  private static String lines(String... fields) {
    return fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
  }

  @Test
  void aKeyOpensTheRouteAndDoesNotReachTheOrigin() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      RawResponse answer =
          get(client, "/orders/7", "x-api-key: " + KEY, "X-Consumer: evil", "X-Key: evil");

      assertThat(answer.status()).isEqualTo(200);
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.header("x-api-key")).isNull();
      assertThat(request.headers("x-consumer")).containsExactly("acme");
      assertThat(request.headers("x-key")).containsExactly("acme-1");
    }
  }

  @Test
  void identityHeadersOfACallerAreRemovedOnOpenRoutesToo() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      get(client, "/open", "X-Consumer: evil", "x-other: kept");

      assertThat(origin.onlyRequest().header("x-consumer")).isNull();
      assertThat(origin.onlyRequest().header("x-other")).isEqualTo("kept");
    }
  }

  @Test
  void onlyThePolicyThatVouchesSaysWhoItIs() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/any?api_key=" + KEY).status()).isEqualTo(200);

      assertThat(origin.onlyRequest().header("x-consumer")).isNull();
      assertThat(origin.onlyRequest().target()).isEqualTo("/any");
    }
  }

  @Test
  void anUnknownAWrongAndAnEmptyKeyGetTheSameAnswer() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      String wrong = withoutId(get(client, "/orders/7", "x-api-key: hg_wrong"));
      assertThat(wrong).contains("\"reason\":\"api_key.invalid\"").contains("401");
      assertThat(withoutId(get(client, "/orders/7", "x-api-key: " + KEY.substring(1))))
          .isEqualTo(wrong);
      assertThat(withoutId(get(client, "/orders/7", "x-api-key: " + "k".repeat(5000))))
          .isEqualTo(wrong);
      assertThat(withoutId(get(client, "/orders/7", "x-api-key: " + KEY, "x-api-key: " + KEY)))
          .isEqualTo(wrong);
      assertThat(withoutId(get(client, "/orders/7", "x-api-key:"))).isEqualTo(wrong);

      assertThat(origin.requests()).isEmpty();
    }
  }

  private static String withoutId(RawResponse answer) {
    return answer.status() + answer.text().replaceAll("\"request_?[iI]d\":\"[^\"]*\"", "");
  }

  @Test
  void aCallerWithoutAKeyIsToldWhatIsMissing() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client, "/orders/7");

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("www-authenticate")).isEqualTo("ApiKey");
      assertThat(answer.text()).contains("\"reason\":\"api_key.missing\"");
      assertThat(get(client, "/orders/7", "x-api-key: " + OLD).text()).contains("api_key.expired");
      assertThat(get(client, "/orders/7", "x-api-key: " + NEXT).text()).contains("api_key.not_yet");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void keysInQueriesAndCookiesAreTakenOutOfThem() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/queries?a=1&api_key=" + KEY + "&b=2").status()).isEqualTo(200);
      assertThat(get(client, "/queries?api_key=" + KEY).status()).isEqualTo(200);
      assertThat(get(client, "/cookies", "Cookie: a=1; key=" + KEY + "; b=2").status())
          .isEqualTo(200);
      assertThat(get(client, "/queries?api_key=" + KEY + "&api_key=x").status()).isEqualTo(401);

      assertThat(origin.requests().get(0).requestLine()).isEqualTo("GET /queries?a=1&b=2 HTTP/1.1");
      assertThat(origin.requests().get(1).requestLine()).isEqualTo("GET /queries HTTP/1.1");
      assertThat(origin.requests().get(2).header("cookie")).isEqualTo("a=1; b=2");
    }
  }

  @Test
  void anyOfSeveralPoliciesMayVouch() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/any?api_key=" + KEY).status()).isEqualTo(200);
      assertThat(get(client, "/any", "x-api-key: " + KEY).status()).isEqualTo(200);
      assertThat(get(client, "/any?api_key=" + KEY, "x-api-key: wrong").status()).isEqualTo(200);
      assertThat(get(client, "/any?api_key=no", "x-api-key: wrong").text())
          .contains("api_key.invalid");
      assertThat(get(client, "/any").text()).contains("api_key.missing");
    }
  }

  @Test
  void aConsumerThatIsTakenOutCanCallNoMore() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/7", "x-api-key: " + KEY).status()).isEqualTo(200);

      gateway.apply(config(origin).replace(sha256(KEY), sha256("another")));

      assertThat(get(client, "/orders/7", "x-api-key: " + KEY).status()).isEqualTo(401);
    }
  }

  @Test
  void theLogShowsNoKeyInAQueryHoweverTheRequestEnds(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("access.log");
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"))) {
      String before =
          config(origin)
              .replace("to: \"off\"", "to: \"file:" + log + "\"")
              .replace("query: api_key", "query: partner");
      try (var gateway = new Gateways("nio").start(before);
          RawClient client = gateway.connect()) {
        assertThat(get(client, "/queries?a=1&partner=" + KEY).status()).isEqualTo(200);
        assertThat(get(client, "/nowhere?partner=" + KEY).status()).isEqualTo(404);
        assertThat(get(client, "/open?partner=" + KEY).status()).isEqualTo(200);
        assertThat(get(client, "/open?p%61rtner=" + KEY).status()).isEqualTo(200);
        gateway.apply(before.replace("query: partner", "query: tenant"));
        assertThat(get(client, "/open?partner=" + KEY + "&tenant=" + KEY).status()).isEqualTo(200);
      }
    }
    assertThat(Files.readAllLines(log))
        .hasSize(5)
        .allSatisfy(line -> assertThat(line).doesNotContain(KEY.substring(0, 8)))
        .first(STRING)
        .contains("\"query\":\"a=1");
  }
}
