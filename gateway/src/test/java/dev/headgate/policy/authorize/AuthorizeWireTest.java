package dev.headgate.policy.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizeWireTest {
  /** The key "foo". */
  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      policies: { keys: { apiKey: {} } }
      routes:
        r:
          match: { path: /r }
          auth: %s
          policies: [ { authorize: %s } ]
          respond: { body: in }
      consumers:
        acme:
          groups: [partners]
          labels: { region: eu }
          credentials: [ { apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae } } ]
      telemetry: { accessLog: { to: "off" } }
      """;

  private static RawResponse ask(String auth, String rules, String request) throws Exception {
    try (var gateway = new Gateways("nio").start(CONFIG.formatted(auth, rules));
        RawClient client = gateway.connect()) {
      client.send(
          request + " HTTP/1.1\r\nHost: a\r\nX-API-Key: foo\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n");
      return client.readResponse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ groups: [partners, staff] }",
        "{ consumers: acme }",
        "{ methods: GET }",
        "{ when: \"'partners' in identity.groups\" }",
        "{ when: \"'read' in identity.scopes || 'partners' in identity.groups\" }",
        "{ when: \"identity.labels.region == 'eu' && identity.consumer == 'acme'\" }",
        "{ when: \"request.method == 'GET' && request.path == '/r' && request.query['q'] == 'a b'\" }",
        "{ when: \"request.headers['x-two'] == '1, 2'\" }",
        "{ when: \"request.headers.exists(name, name == 'x-two')\" }",
        "{ when: \"request.headers[?'x-none'].orValue('none') == 'none'\" }",
        "{ when: \"inNetwork(client.address, '127.0.0.0/8')\" }",
        "{ when: \"time.now > timestamp('2020-01-01T00:00:00Z')\" }",
        "{ when: \"route.name == 'r'\" }",
        "\"request.scheme == 'http'\"",
      })
  void letsThroughWhatItsRulesAllow(String rules) throws Exception {
    assertThat(ask("keys", rules, "GET /r?q=a+b").text()).isEqualTo("in");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ groups: [staff] }|authorize.group",
        "{ scopes: [read] }|authorize.scope",
        "{ claims: { tier: gold } }|authorize.claim",
        "{ methods: POST }|authorize.method",
        "{ when: \"'staff' in identity.groups\" }|authorize.when",
        "{ when: \"request.headers['x-none'] == ''\" }|authorize.undecided",
        "{ when: \"1 / size(identity.scopes) > 0\" }|authorize.undecided",
      })
  void refusesAllElse(String rules, String reason) throws Exception {
    RawResponse answer = ask("keys", rules, "GET /r");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).contains("\"reason\":\"" + reason + "\"");
  }

  @Test
  void asksWhoIsCallingWhereNobodySaid() throws Exception {
    assertThat(ask("public", "{ groups: [partners] }", "GET /r").status()).isEqualTo(401);
  }

  @Test
  void onlyReportsInReportMode() throws Exception {
    assertThat(ask("keys", "{ groups: [staff] }, mode: report", "GET /r").text()).isEqualTo("in");
  }

  @Test
  void isAskedOnlyWhenItsConditionHolds() throws Exception {
    String rules = "{ groups: [staff] }, when: \"request.method == 'POST'\"";

    assertThat(ask("keys", rules, "GET /r").text()).isEqualTo("in");
    assertThat(ask("keys", rules, "DELETE /r").text()).isEqualTo("in");
    assertThat(ask("keys", rules, "POST /r").status()).isEqualTo(403);
  }

  @Test
  void isAskedWhenItsConditionCannotBeEvaluated() throws Exception {
    String rules = "{ groups: [staff] }, when: \"request.headers['x-none'] == '1'\"";

    assertThat(ask("keys", rules, "GET /r").status()).isEqualTo(403);
  }
}
