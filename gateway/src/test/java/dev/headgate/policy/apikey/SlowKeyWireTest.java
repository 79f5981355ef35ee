package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.secret.SlowHash;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SlowKeyWireTest {
  private static final String SHORT = "ab12-secret";
  private static final String OTHER = "shop/4711";
  private static final String OLD = "old1-secret";
  private static final String LONG = "hg_4f7ZqkPp0rXc2m9YdWnV5tLb8sJe3uGa";

  private static String slow(String key) {
    return SlowHash.of(key.getBytes(StandardCharsets.US_ASCII), new SecureRandom()).text();
  }

  private final String slowShort = slow(SHORT);

  private String config(ScriptedOrigin origin) throws Exception {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies: { keys: { apiKey: { identityHeaders: { X-Consumer: consumer, X-Key: subject } } } }
    routes: { orders: { match: { path: /orders }, auth: keys, to: o } }
    consumers:
      acme:
        credentials:
          - apiKey: { prefix: ab12, slowHash: "%s" }
          - apiKey: { sha256: "%s", id: long }
          - apiKey: { prefix: old1, slowHash: "%s", expires: 2020-01-01T00:00:00Z }
      shop: { credentials: [{ apiKey: { prefix: shop/, slowHash: "%s", id: shop-1 } }] }
    telemetry: { accessLog: { to: "off" } }
    authFailures: { perAddress: 1000/s, perName: 1000/s }
    """
        .formatted(
            origin.url(),
            slowShort,
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(LONG.getBytes("US-ASCII"))),
            slow(OLD),
            slow(OTHER));
  }

  private static RawResponse call(RawClient client, String key) throws IOException {
    return client
        .send("GET /orders HTTP/1.1\r\nHost: a\r\nX-API-Key: " + key + "\r\n\r\n")
        .readResponse();
  }

  @Test
  void aShortKeyOpensTheRouteBesideLongOnes() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      for (String key : new String[] {SHORT, LONG, OTHER, SHORT}) {
        assertThat(call(client, key).status()).as(key).isEqualTo(200);
      }
      assertThat(origin.requests())
          .extracting(request -> request.header("x-consumer") + " " + request.header("x-key"))
          .containsExactly("acme ab12", "acme long", "shop shop-1", "acme ab12");
      assertThat(origin.requests()).allSatisfy(r -> assertThat(r.header("x-api-key")).isNull());
      assertThat(call(client, OLD).text()).contains("api_key.expired");
    }
  }

  @Test
  void aWrongKeyAnUnknownPrefixAndNonsenseGetTheSameAnswer() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      String wrong = withoutId(call(client, "ab12-guess"));
      assertThat(wrong).contains("\"reason\":\"api_key.invalid\"");
      for (String other :
          new String[] {
            "zz99-guess", "ab12", "ab1", "a", "old1-guess", slowShort, "shop", "k".repeat(250)
          }) {
        assertThat(withoutId(call(client, other))).as(other).isEqualTo(wrong);
      }
      assertThat(origin.requests()).isEmpty();
    }
  }

  private static String withoutId(RawResponse answer) {
    return answer.status() + answer.text().replaceAll("\"request_id\":\"[^\"]*\"", "");
  }

  @Test
  void guessingBehindAPrefixIsSlowedWhetherItIsSomebodysOrNot() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway =
            new Gateways("nio").start(config(origin).replace("perName: 1000/s", "perName: 2/h"));
        RawClient client = gateway.connect()) {
      assertThat(call(client, SHORT).status()).isEqualTo(200);
      for (String prefix : new String[] {"ab12", "zz99"}) {
        assertThat(call(client, prefix + "x").status()).isEqualTo(401);
        assertThat(call(client, prefix + "y").status()).isEqualTo(401);
      }
      assertThat(call(client, "ab12z").status()).isEqualTo(429);
      assertThat(call(client, SHORT).status()).as("known").isEqualTo(200);
      assertThat(call(client, OTHER).status()).as("another prefix").isEqualTo(200);
      assertThat(call(client, LONG).status()).isEqualTo(200);
    }
  }

  @Test
  void aKeyThatIsTakenOutIsTakenNoMoreAtOnce() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(call(client, SHORT).status()).isEqualTo(200);
      gateway.apply(config(origin).replace("prefix: ab12", "prefix: ab13"));
      assertThat(call(client, SHORT).status()).isEqualTo(401);
    }
  }
}
