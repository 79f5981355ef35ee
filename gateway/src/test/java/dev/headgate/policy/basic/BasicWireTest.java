package dev.headgate.policy.basic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class BasicWireTest {
  /** Of {@code password}. */
  private static final String ARGON =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  /** Of {@code U*U}. */
  private static final String BCRYPT =
      "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

  /** Of {@code schl\u00fcssel: \u20ac}. */
  private static final String GERMAN =
      "$2b$04$IBHHE7pAlGVczy8GpIante.yMLFH67BIeoabtSJOxaQCd809Y5r.K";

  private static String config(ScriptedOrigin origin) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      people: { basic: { realm: "orders & more", identityHeaders: { X-User: subject, X-Consumer: consumer } } }
      kept: { basic: { keepCredential: true } }
    routes:
      orders: { match: { path: /orders/** }, auth: people, to: o }
      kept: { match: { path: /kept }, auth: kept, to: o }
    consumers:
      acme:
        credentials:
          - basic: { user: ada, hash: "%s" }
          - basic: { user: "j\u00fcrgen", hash: "%s" }
      shop: { credentials: [{ basic: { user: bob smith, hash: "%s" } }] }
    telemetry: { accessLog: { to: "off" } }
    authFailures: { perAddress: 1000/s, perName: 1000/s }
    """
        .formatted(origin.url(), ARGON, GERMAN, BCRYPT);
  }

  private static String login(String text) {
    return login(text, UTF_8);
  }

  private static String login(String text, Charset charset) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(charset));
  }

  private static RawResponse get(RawClient client, String path, String... authorizations)
      throws IOException {
    StringBuilder fields = new StringBuilder();
    for (String authorization : authorizations) {
      fields.append("Authorization: ").append(authorization).append("\r\n");
    }
    return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").readResponse();
  }

  @Test
  void aPasswordOpensTheRouteAndDoesNotReachTheOrigin() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1", login("ada:password")).status()).isEqualTo(200);
      assertThat(get(client, "/orders/2", login("bob smith:U*U")).status()).isEqualTo(200);
      assertThat(get(client, "/orders/3", login("ada:password")).status()).isEqualTo(200);
      assertThat(get(client, "/orders/4", login("j\u00fcrgen:schl\u00fcssel: \u20ac")).status())
          .isEqualTo(200);
      assertThat(get(client, "/kept", "basic   " + login("ada:password").substring(6)).status())
          .isEqualTo(200);

      ReceivedRequest first = origin.requests().get(0);
      assertThat(first.header("authorization")).isNull();
      assertThat(first.header("x-user")).isEqualTo("ada");
      assertThat(first.header("x-consumer")).isEqualTo("acme");
      assertThat(origin.requests().get(1).header("x-consumer")).isEqualTo("shop");
      assertThat(origin.requests().get(3).header("x-user")).isEqualTo("j%C3%BCrgen");
      assertThat(origin.requests().get(4).header("authorization")).isNotNull();
    }
  }

  @Test
  void aWrongPasswordAnUnknownUserAndNonsenseGetTheSameAnswer() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      RawResponse wrong = get(client, "/orders/1", login("ada:guess"));
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.text()).contains("\"reason\":\"basic.invalid\"");
      assertThat(wrong.header("www-authenticate"))
          .isEqualTo("Basic realm=\"orders & more\", charset=\"UTF-8\"");
      for (String other :
          new String[] {
            login("nobody:password"),
            login("ada:guess"),
            login("ada:"),
            login(":password"),
            login("ADA:password"),
            login("ada:password "),
            login("ada:pass\u0000word"),
            login("ada"),
            login("j\u00fcrgen:schl\u00fcssel: \u20ac".replace("\u20ac", ""), ISO_8859_1),
            "Basic",
            "Basic !!!!",
            "Basic " + "QUFB".repeat(5000),
            login("ada:password") + " x",
          }) {
        RawResponse answer = get(client, "/orders/1", other);
        assertThat(withoutId(answer)).as(other).isEqualTo(withoutId(wrong));
      }
      assertThat(withoutId(get(client, "/orders/1", login("ada:password"), login("ada:password"))))
          .isEqualTo(withoutId(wrong));
      assertThat(origin.requests()).isEmpty();
    }
  }

  private static String withoutId(RawResponse answer) {
    return answer.status()
        + answer.header("www-authenticate")
        + answer.text().replaceAll("\"request_id\":\"[^\"]*\"", "");
  }

  @Test
  void otherSchemesAreSomebodyElses() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1").text()).contains("basic.missing");
      assertThat(get(client, "/orders/1", "Bearer token").text()).contains("basic.missing");
      assertThat(get(client, "/orders/1", "BasicQQ== x").text()).contains("basic.missing");
    }
  }

  @Test
  void aPasswordThatIsReplacedIsTakenNoMoreAtOnceAndTheOthersStayKnown() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1", login("ada:password")).status()).isEqualTo(200);

      gateway.apply(config(origin).replace(ARGON, BCRYPT));

      assertThat(get(client, "/orders/1", login("ada:password")).status()).isEqualTo(401);
      assertThat(get(client, "/orders/1", login("ada:U*U")).status()).isEqualTo(200);
    }
  }

  @Test
  void whoGuessesANamesPasswordIsSlowedAndItsOwnerGoesOn() throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway =
            new Gateways("nio").start(config(origin).replace("perName: 1000/s", "perName: 3/h"));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1", login("ada:password")).status()).isEqualTo(200);
      for (int i = 0; i < 3; i++) {
        assertThat(get(client, "/orders/1", login("ada:guess " + i)).status()).isEqualTo(401);
      }
      assertThat(get(client, "/orders/1", login("ada:guess 4")).status()).isEqualTo(429);
      assertThat(get(client, "/orders/1", login("ada:guess 1")).status())
          .as("known to be wrong")
          .isEqualTo(401);
      assertThat(get(client, "/orders/1", login("ada:password")).status()).isEqualTo(200);
      assertThat(get(client, "/orders/1", login("bob smith:U*U")).status()).isEqualTo(200);
    }
  }
}
