package dev.headgate.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuessLimitWireTest {
  private static final SigningKey ISSUER = SigningKey.of("one", "ES256");
  private static final String KEY = "X-API-Key: password";
  private static final String GUESS = "X-API-Key: guess";
  private static final String GUESSER = "203.0.113.9";

  @TempDir private Path folder;

  private GatewayUnderTest gateway(String mode) throws Exception {
    Path keys = Files.writeString(folder.resolve("keys.json"), SigningKey.set(ISSUER));
    return new Gateways("nio")
        .start(
            """
            listeners: { plain: { address: "127.0.0.1:0", trustedProxies: [127.0.0.0/8] } }
            policies:
              keys: { apiKey: {} }
              idp: { jwt: { issuer: "https://idp", audience: any, jwks: "%s" } }
            routes:
              keyed: { match: { path: /keyed }, auth: keys, respond: { body: in } }
              tokens: { match: { path: /tokens }, auth: [keys, idp], respond: { body: in } }
            consumers:
              acme:
                credentials:
                  - apiKey: { sha256: 5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 }
            authFailures: { mode: %s, perAddress: 3/h }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(keys, mode));
  }

  private static RawResponse get(RawClient client, String path, String from, String credential)
      throws Exception {
    client.send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: "
            + from
            + "\r\n"
            + credential
            + "\r\n\r\n");
    return client.readResponse();
  }

  private static String token(String subject) {
    return "Authorization: Bearer "
        + ISSUER.token(
            "{\"iss\":\"https://idp\",\"exp\":4102444800,\"sub\":\"%s\"}".formatted(subject));
  }

  @Test
  void whoFailsTooOftenIsToldToComeBackLater() throws Exception {
    try (var gateway = gateway("enforce");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(get(client, "/keyed", GUESSER, GUESS).status()).isEqualTo(401);
      }
      RawResponse slowed = get(client, "/keyed", GUESSER, GUESS);

      assertThat(slowed.status()).isEqualTo(429);
      assertThat(slowed.text()).contains("\"reason\":\"auth.slowed\"");
      assertThat(slowed.header("retry-after")).isEqualTo("1200");
      assertThat(slowed.header("www-authenticate")).isNull();
    }
  }

  @Test
  void whatNeedsNoProofIsTakenFromThereAllTheSame() throws Exception {
    try (var gateway = gateway("enforce");
        RawClient client = gateway.connect()) {
      String known = token("known");
      assertThat(get(client, "/tokens", GUESSER, known).status()).isEqualTo(200);
      for (int i = 0; i < 4; i++) {
        get(client, "/keyed", GUESSER, GUESS);
      }

      assertThat(get(client, "/keyed", GUESSER, KEY).status()).isEqualTo(200);
      assertThat(get(client, "/tokens", GUESSER, known).status()).isEqualTo(200);
      RawResponse unknown = get(client, "/tokens", GUESSER, token("new"));
      assertThat(unknown.status()).isEqualTo(429);
      assertThat(unknown.text()).contains("auth.slowed");
      assertThat(get(client, "/tokens", GUESSER, KEY).header("retry-after")).isNull();
    }
  }

  @Test
  void othersDoNotNotice() throws Exception {
    try (var gateway = gateway("enforce");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 4; i++) {
        get(client, "/keyed", GUESSER, GUESS);
      }
      assertThat(get(client, "/tokens", "203.0.113.10", token("new")).status()).isEqualTo(200);
      assertThat(get(client, "/keyed", "203.0.113.10", GUESS).status()).isEqualTo(401);
    }
  }

  @Test
  void anIpv6NetworkCountsAsOneAddress() throws Exception {
    try (var gateway = gateway("enforce");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        get(client, "/keyed", "2001:db8:0:1::" + i, GUESS);
      }
      assertThat(get(client, "/keyed", "2001:db8:0:1:f::", GUESS).status()).isEqualTo(429);
      assertThat(get(client, "/keyed", "2001:db8:0:2::1", GUESS).status()).isEqualTo(401);
    }
  }

  @Test
  void requestsWithoutACredentialAreNoGuesses() throws Exception {
    try (var gateway = gateway("enforce");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(client, "/keyed", GUESSER, "a: b").status()).isEqualTo(401);
      }
    }
  }

  @Test
  void inReportModeNobodyIsSlowed() throws Exception {
    try (var gateway = gateway("report");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(client, "/keyed", GUESSER, GUESS).status()).isEqualTo(401);
      }
      assertThat(get(client, "/tokens", GUESSER, token("new")).status()).isEqualTo(200);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"authFailures\",reason=\"auth.slowed\"}", 3);
    }
  }
}
