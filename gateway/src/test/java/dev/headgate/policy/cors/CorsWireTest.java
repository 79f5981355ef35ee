package dev.headgate.policy.cors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.Test;

class CorsWireTest {
  private static final String PAGE = "Origin: https://app.example.com";

  private static String config(ScriptedOrigin origin) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies: { keys: { apiKey: {} } }
    routes:
      strict:
        match: { path: /strict, methods: [GET, PUT] }
        auth: keys
        to: o
        policies:
          - cors:
              origins: ["https://app.example.com", "https://*.partner.example"]
              methods: [GET, PUT]
              headers: [X-API-Key]
              exposeHeaders: [X-Total]
              credentials: true
              maxAge: 5m
      open:
        match: { path: /open }
        auth: public
        to: o
        policies: [{ cors: { origins: "*", headers: "*", privateNetwork: true } }]
      report:
        match: { path: /report, methods: [GET] }
        auth: public
        to: o
        policies: [{ cors: { origins: "https://app.example.com" }, mode: report }]
      without: { match: { path: /without, methods: [GET] }, auth: public, to: o }
    consumers:
      acme: { credentials: [{ apiKey: { sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" } }] }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url());
  }

  private static RawResponse ask(String method, String path, String... fields) throws Exception {
    try (var origin =
            ScriptedOrigin.start(e ->
                e.respond(
                    200,
                    "in",
                    "Access-Control-Allow-Origin: *",
                    "Access-Control-Allow-Methods: DELETE",
                    "Vary: Accept"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      String lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
      client.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
      RawResponse answer = client.readResponse();
      assertThat(origin.requests()).hasSize(answer.status() == 200 ? 1 : 0);
      return answer;
    }
  }

  private static RawResponse preflight(String path, String... fields) throws Exception {
    return ask("OPTIONS", path, fields);
  }

  @Test
  void answersAPreflightWithoutCredentialsOnARouteThatTakesNoOptions() throws Exception {
    RawResponse answer =
        preflight(
            "/strict",
            PAGE,
            "Access-Control-Request-Method: PUT",
            "Access-Control-Request-Headers: x-api-key,range");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("content-length")).isNull();
    assertThat(answer.headers("access-control-allow-origin"))
        .containsExactly("https://app.example.com");
    assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
    assertThat(answer.header("access-control-allow-methods")).isEqualTo("GET, PUT");
    assertThat(answer.header("access-control-allow-headers")).isEqualTo("x-api-key,range");
    assertThat(answer.header("access-control-max-age")).isEqualTo("300");
    assertThat(answer.header("vary")).isEqualTo("Origin");
  }

  @Test
  void refusesPreflightsOfOtherOriginsMethodsAndFields() throws Exception {
    String put = "Access-Control-Request-Method: PUT";

    assertThat(preflight("/strict", "Origin: https://evil.example", put).text())
        .contains("cors.origin");
    assertThat(preflight("/strict", "Origin: null", put).text()).contains("cors.origin");
    assertThat(preflight("/strict", PAGE, PAGE, put).text()).contains("cors.origin");
    assertThat(preflight("/open", PAGE, "Access-Control-Request-Method: DELETE").text())
        .contains("cors.method");
    assertThat(
            preflight("/strict", PAGE, put, "Access-Control-Request-Headers: x-api-key, x-evil")
                .text())
        .contains("cors.header");
    assertThat(
            preflight("/strict", PAGE, put, "Access-Control-Request-Private-Network: true").text())
        .contains("cors.private_network");
  }

  @Test
  void subdomainsAreTrustedAndNothingThatOnlyLooksLikeOne() throws Exception {
    String get = "Access-Control-Request-Method: GET";

    assertThat(preflight("/strict", "Origin: https://a.b.partner.example", get).status())
        .isEqualTo(204);
    for (String other :
        new String[] {
          "https://partner.example",
          "http://a.partner.example",
          "https://a.partner.example:444",
          "https://evil.example/.partner.example",
          "https://a.partner.example.evil.example",
          "https://evilpartner.example"
        }) {
      assertThat(preflight("/strict", "Origin: " + other, get).status()).as(other).isEqualTo(403);
    }
  }

  @Test
  void theUpstreamsOwnFieldsAreReplaced() throws Exception {
    RawResponse answer = ask("GET", "/strict", PAGE, "X-API-Key: foo");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers("access-control-allow-origin"))
        .containsExactly("https://app.example.com");
    assertThat(answer.header("access-control-allow-methods")).isNull();
    assertThat(answer.header("access-control-expose-headers")).isEqualTo("X-Total");
    assertThat(answer.headers("vary")).containsExactly("Accept", "Origin");
  }

  @Test
  void otherOriginsGetNoFields() throws Exception {
    RawResponse answer = ask("GET", "/strict", "Origin: https://evil.example", "X-API-Key: foo");

    assertThat(answer.header("access-control-allow-origin")).isNull();
    assertThat(answer.headers("vary")).containsExactly("Accept", "Origin");
  }

  @Test
  void aPageCanReadWhyItWasRefused() throws Exception {
    RawResponse answer = ask("GET", "/strict", PAGE);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://app.example.com");
  }

  @Test
  void everyOriginNeedsNoVary() throws Exception {
    RawResponse answer =
        preflight(
            "/open",
            "Origin: null",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: x-anything",
            "Access-Control-Request-Private-Network: true");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    assertThat(answer.header("access-control-allow-headers")).isEqualTo("x-anything");
    assertThat(answer.header("access-control-allow-private-network")).isEqualTo("true");
    assertThat(answer.header("vary")).isNull();
  }

  @Test
  void aPreflightOpensNoOtherWayToTheUpstream() throws Exception {
    String get = "Access-Control-Request-Method: GET";

    assertThat(preflight("/without", PAGE, get).status()).isEqualTo(405);
    RawResponse reported = preflight("/report", PAGE, get);
    assertThat(reported.status()).isEqualTo(405);
    assertThat(reported.header("allow")).isEqualTo("GET");
  }

  @Test
  void reportModeLeavesAnswersAsTheyAre() throws Exception {
    RawResponse answer = ask("GET", "/report", PAGE);

    assertThat(answer.headers("access-control-allow-origin")).containsExactly("*");
  }
}
