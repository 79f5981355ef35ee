package dev.headgate.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.telemetry.LimitReport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Limits that come with a plan. */
@OnEveryTransport
class PlanLimitsWireTest {
  private static final String ACME = "X-API-Key: foo";
  private static final String OTHER = "X-API-Key: bar";

  @Parameter private Gateways gateways;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOrigin() {
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in", "X-Cost: 3"));
  }

  @AfterEach
  void stopOrigin() {
    origin.close();
  }

  private String config(String gold, String acme) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies: { keys: { apiKey: {} } }
    routes:
      orders: { match: { path: "/orders/**" }, auth: keys, to: o }
      maps: { match: { path: /maps }, auth: keys, to: o }
      free: { match: { path: /free }, auth: keys, to: o }
    plans:
      gold: %s
      silver: { limits: [{ rate: 1/h }] }
    products: { orders: { routes: [orders], mode: report }, maps: { routes: [maps] } }
    consumers:
      acme:
        plan: %s
        products: [orders, maps]
        credentials:
          - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
      other:
        plan: gold
        products: [maps]
        credentials:
          - apiKey: { sha256: fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9 }
    ledger: { store: "off" }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), gold, acme);
  }

  private GatewayUnderTest start(String gold) {
    return gateways.start(config(gold, "gold"));
  }

  private static RawResponse get(RawClient client, String path, String key) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + key + "\r\n\r\n");
    return client.readResponse();
  }

  private static int status(RawClient client, String path, String key) throws Exception {
    return get(client, path, key).status();
  }

  @Test
  void eachConsumerHasTheLimitOfItsPlanForAllProductsTogether() throws Exception {
    try (var gateway =
            start("{ limits: [{ rate: 1/h, burst: 3 }], quota: { requests: 9/month } }");
        RawClient client = gateway.connect()) {
      RawResponse first = get(client, "/orders/1", ACME);
      assertThat(first.headers("ratelimit-policy").getFirst()).isEqualTo("\"gold:1/h\";q=1;w=3600");
      assertThat(first.headers("ratelimit").getFirst()).startsWith("\"gold:1/h\";r=2;");
      assertThat(first.headers("ratelimit").get(1)).startsWith("\"gold:month\";r=8;");
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      RawResponse refused = get(client, "/orders/1", ACME);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text()).contains("\"reason\":\"limit.exceeded\"", "\"stage\":\"limit\"");
      assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(3590L, 3600L);
      assertThat(status(client, "/free", ACME)).as("a route of no product").isEqualTo(200);
      assertThat(get(client, "/maps", OTHER).headers("ratelimit").getFirst())
          .startsWith("\"gold:1/h\";r=2;");
      awaitOver(gateway, 1);
    }
  }

  private static void awaitOver(GatewayUnderTest gateway, int over) {
    gateway.awaitMetric(
        "headgate_limit_requests_total{limit=\"plans.gold.limits\",outcome=\"over\"}", over);
    LimitReport report =
        gateway.limits().stream()
            .filter(one -> one.limit().equals("plans.gold.limits"))
            .findAny()
            .orElseThrow();
    assertThat(report.top().getFirst().name()).isEqualTo("consumer acme");
  }

  @Test
  void ofSeveralLimitsAllAreChargedOrNone() throws Exception {
    try (var gateway = start("{ limits: [{ rate: 5/h }, { rate: 1/day, burst: 2 }] }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      for (int i = 0; i < 5; i++) {
        RawResponse refused = get(client, "/maps", ACME);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.headers("ratelimit").getFirst()).startsWith("\"gold:5/h\";r=3;");
      }
    }
  }

  @Test
  void aLimitCanBeTriedBesideOneThatHolds() throws Exception {
    try (var gateway = start("{ limits: [{ rate: 1/h, mode: report }, { rate: 2/h }] }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      RawResponse second = get(client, "/maps", ACME);
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.headers("ratelimit")).singleElement().asString().contains("gold:2/h");
      assertThat(status(client, "/maps", ACME)).isEqualTo(429);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"limits:maps\",reason=\"limit.exceeded\"}", 2);
    }
  }

  @Test
  void costsAndWindowsAreThoseOfThePolicy() throws Exception {
    String gold =
        "{ limits: [{ rate: 9/h, algorithm: fixed_window, cost: 2, costHeader: X-Cost }] }";
    try (var gateway = start(gold);
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/maps", ACME).header("ratelimit")).startsWith("\"gold:9/h\";r=4;");
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      assertThat(status(client, "/maps", ACME)).isEqualTo(429);
    }
  }

  @Test
  void whoIsNotSubscribedCountsForNothing() throws Exception {
    try (var gateway = start("{ limits: [{ rate: 1/h }] }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        RawResponse response = get(client, "/orders/1", OTHER);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("ratelimit")).isNull();
      }
    }
  }

  @Test
  void aChangeKeepsWhatIsCountedAndTakesTheNewNumber() throws Exception {
    try (var gateway = start("{ limits: [{ rate: 1/h, burst: 3 }] }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      }
      gateway.apply(
          config("{ limits: [{ rate: 1/h, burst: 5 }], price: { perRequest: 1 EUR } }", "gold"));
      assertThat(get(client, "/maps", ACME).header("ratelimit")).startsWith("\"gold:1/h\";r=1;");
      gateway.apply(config("{}", "gold"));
      assertThat(get(client, "/maps", ACME).header("ratelimit")).isNull();
    }
  }

  @Test
  void whatALimitRefusesCountsForNoQuota() throws Exception {
    String quota = "quota: { requests: 3/month }";
    try (var gateway = start("{ limits: [{ rate: 2/h }], " + quota + " }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 6; i++) {
        assertThat(status(client, "/maps", ACME)).isEqualTo(i < 2 ? 200 : 429);
      }
      gateway.apply(config("{ limits: [{ rate: 2/h, mode: off }], " + quota + " }", "gold"));
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      assertThat(get(client, "/maps", ACME).text()).contains("quota.exceeded");
    }
  }

  @Test
  void whoGetsAnotherPlanHasItsLimits() throws Exception {
    String gold = "{ limits: [{ rate: 1/h, burst: 2 }] }";
    try (var gateway = gateways.start(config(gold, "silver"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/maps", ACME)).isEqualTo(200);
      assertThat(status(client, "/maps", ACME)).isEqualTo(429);
      String later = "[silver, { name: gold, from: 2020-01-01 }]";
      gateway.apply(config(gold, later));
      assertThat(get(client, "/maps", ACME).header("ratelimit")).startsWith("\"gold:1/h\";r=1;");
      gateway.apply(config(gold, "silver"));
      assertThat(status(client, "/maps", ACME)).as("what it used is not forgotten").isEqualTo(429);
    }
  }
}
