package dev.headgate.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlanWireTest {
  private static final String ACME = "X-API-Key: foo";
  private static final String OTHER = "X-API-Key: bar";

  private ScriptedOrigin origin;

  @BeforeEach
  void startOrigin() {
    origin =
        ScriptedOrigin.start(exchange ->
            exchange.respond(exchange.request().path().equals("/orders/broken") ? 500 : 200, "in"));
  }

  @AfterEach
  void stopOrigin() {
    origin.close();
  }

  private String config(String gold, String product, String acme) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      keys: { apiKey: {} }
      few: { limit: { rate: 2/h, per: consumer } }
    routes:
      orders: { match: { path: "/orders/**" }, auth: keys, to: o }
      maps: { match: { path: /maps }, auth: keys, to: o }
      few: { match: { path: /few }, auth: keys, policies: [few], to: o }
      free: { match: { path: /free }, auth: keys, to: o }
    plans: { gold: %s }
    products:
      orders: %s
      maps: { routes: [maps, few] }
    consumers:
      acme:
    %s
        credentials:
          - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
      other:
        credentials:
          - apiKey: { sha256: fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9 }
    ledger: { store: "off" }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), gold, product, acme.indent(4).stripTrailing());
  }

  private String config(String gold) {
    return config(gold, "{ routes: orders }", "plan: gold\nproducts: [orders, maps]");
  }

  private static GatewayUnderTest start(String config) {
    return new Gateways("nio").start(config);
  }

  private static RawResponse get(RawClient client, String path, String key) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + key + "\r\n\r\n");
    return client.readResponse();
  }

  private static int status(RawClient client, String path, String key) throws Exception {
    return get(client, path, key).status();
  }

  @Test
  void onlySubscribersGetThrough() throws Exception {
    try (var gateway = start(config("{}"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      RawResponse refused = get(client, "/orders/1", OTHER);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text())
          .contains("\"reason\":\"product.not_subscribed\"", "\"stage\":\"authorize\"")
          .doesNotContain("other");
      assertThat(status(client, "/free", OTHER)).isEqualTo(200);
      assertThat(status(client, "/orders/1", "X-API-Key: wrong")).isEqualTo(401);
      assertThat(origin.requests()).hasSize(2);
    }
  }

  @Test
  void aProductCanBeTriedWithoutRefusingAnybody() throws Exception {
    try (var gateway =
            start(config("{}", "{ routes: orders, mode: report }", "products: [orders]"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/orders/1", OTHER)).isEqualTo(200);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"product:orders\",reason=\"product.not_subscribed\"}",
          1);
    }
  }

  @Test
  void aSubscriptionHoldsFromItsDayOn() throws Exception {
    String past = "products: { name: orders, from: 2020-01-01, until: 2021-01-01 }";
    String future = "products: { name: orders, from: 2999-01-01 }";
    String now = "products: { name: orders, from: 2020-01-01, until: 2999-01-01 }";
    try (var gateway = start(config("{}", "{ routes: orders }", past));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(403);
      gateway.apply(config("{}", "{ routes: orders }", future));
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(403);
      gateway.apply(config("{}", "{ routes: orders }", now));
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
    }
  }

  @Test
  void whoHasUsedItsQuotaIsToldWhenToComeBack() throws Exception {
    try (var gateway = start(config("{ quota: { requests: 3/month } }"));
        RawClient client = gateway.connect()) {
      RawResponse first = get(client, "/orders/1", ACME);
      assertThat(first.header("ratelimit-policy")).startsWith("\"gold:month\";q=3;w=");
      assertThat(first.header("ratelimit")).startsWith("\"gold:month\";r=2;t=");
      assertThat(first.header("headgate-quota-warning")).isNull();
      assertThat(status(client, "/maps", ACME)).as("of all products together").isEqualTo(200);
      assertThat(get(client, "/orders/1", ACME).header("headgate-quota-warning"))
          .isEqualTo("\"gold:month\";used=3;limit=3");
      RawResponse refused = get(client, "/orders/1", ACME);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text())
          .contains("\"reason\":\"quota.exceeded\"", "\"stage\":\"limit\"")
          .doesNotContain("acme");
      assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 31L * 86_400);
      assertThat(refused.header("ratelimit")).startsWith("\"gold:month\";r=0;t=");
      assertThat(status(client, "/free", ACME)).isEqualTo(200);
      assertThat(origin.requests()).hasSize(4);
    }
  }

  @Test
  void ofSeveralPeriodsAllAreChargedOrNone() throws Exception {
    try (var gateway = start(config("{ quota: { requests: [5/month, 2/day] } }"));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 2; i++) {
        assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(status(client, "/orders/1", ACME)).isEqualTo(429);
      }
      assertThat(get(client, "/orders/1", ACME).headers("ratelimit").getFirst())
          .startsWith("\"gold:month\";r=3;");
    }
  }

  @Test
  void whatIsNotBillableDoesNotCount() throws Exception {
    try (var gateway = start(config("{ quota: { requests: 1/month } }"));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(status(client, "/orders/broken", ACME)).isEqualTo(500);
      }
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(429);
    }
  }

  @Test
  void whatARateLimitRefusesDoesNotCount() throws Exception {
    try (var gateway = start(config("{ quota: { requests: 3/month } }"));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 6; i++) {
        assertThat(status(client, "/few", ACME)).isEqualTo(i < 2 ? 200 : 429);
      }
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      assertThat(get(client, "/orders/1", ACME).text()).contains("quota.exceeded");
    }
  }

  @Test
  void withAPriceForOverageNobodyIsRefused() throws Exception {
    String gold =
        "{ quota: { requests: 1/month }, price: { perRequest: 1 EUR }, overage: { perRequest: 2 EUR } }";
    try (var gateway = start(config(gold));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      }
      assertThat(get(client, "/orders/1", ACME).header("headgate-quota-warning"))
          .isEqualTo("\"gold:month\";used=4;limit=1");
    }
  }

  @Test
  void aQuotaCanBeTriedWithoutRefusingAnybody() throws Exception {
    try (var gateway = start(config("{ quota: { requests: 1/month, mode: report } }"));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        RawResponse response = get(client, "/orders/1", ACME);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("ratelimit")).isNull();
        assertThat(response.header("headgate-quota-warning")).isNull();
      }
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"plan:gold\",reason=\"quota.exceeded\"}", 2);
    }
  }

  @Test
  void aChangeOfTheConfigurationForgetsNothing() throws Exception {
    try (var gateway = start(config("{ quota: { requests: 2/month } }"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(429);
      gateway.apply(config("{ quota: { requests: 3/month, headers: false } }"));
      RawResponse third = get(client, "/orders/1", ACME);
      assertThat(third.status()).isEqualTo(200);
      assertThat(third.header("ratelimit")).isNull();
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(429);
    }
  }

  @Test
  void whoGetsAnotherPlanBeginsAnew() throws Exception {
    String acme = "plan: [gold, { name: silver, from: 2020-01-01 }]\nproducts: orders";
    String config =
        config("{ quota: { requests: 1/month } }", "{ routes: orders }", acme)
            .replace(
                "plans: { gold: {", "plans:\n  silver: { quota: { requests: 2/month } }\n  gold: {")
            .replace("1/month } } }", "1/month } }");
    try (var gateway = start(config);
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(200);
      assertThat(status(client, "/orders/1", ACME)).isEqualTo(429);
    }
  }
}
