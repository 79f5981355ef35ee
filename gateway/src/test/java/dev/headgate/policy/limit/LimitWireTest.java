package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.keyed.TopKeys;
import dev.headgate.telemetry.LimitReport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitWireTest {
  private static final String ACME = "X-API-Key: foo";
  private static final String OTHER = "X-API-Key: bar";

  private ScriptedOrigin origin;

  @BeforeEach
  void startOrigin() {
    origin =
        ScriptedOrigin.start(exchange ->
            exchange.respond(200, "in", "X-Cost: " + exchange.request().path().length()));
  }

  @AfterEach
  void stopOrigin() {
    origin.close();
  }

  private String config(String limit) {
    return config(limit, "enforce");
  }

  private String config(String limit, String mode) {
    return """
    listeners: { plain: { address: "127.0.0.1:0", trustedProxies: [127.0.0.0/8] } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      keys: { apiKey: {} }
      few: { limit: %s, mode: %s }
    routes:
      open: { match: { path: /open }, auth: public, policies: [few], to: o }
      also: { match: { path: /also }, auth: public, policies: [few], to: o }
      tenant: { match: { path: "/t/{tenant}/**" }, auth: public, policies: [%s], to: o }
      keyed: { match: { path: /keyed }, auth: keys, policies: [few], to: o }
    consumers:
      acme:
        labels: { tenant: one }
        credentials:
          - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
      other:
        labels: { tenant: one }
        credentials:
          - apiKey: { sha256: fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9 }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), limit, mode, "{ limit: { rate: 1/h, per: path:tenant } }");
  }

  private GatewayUnderTest gateway(String limit) {
    return new Gateways("nio").start(config(limit));
  }

  private static RawResponse get(RawClient client, String path, String... fields) throws Exception {
    client.send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: a\r\n"
            + (fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n")
            + "\r\n");
    return client.readResponse();
  }

  private static int status(RawClient client, String path, String... fields) throws Exception {
    return get(client, path, fields).status();
  }

  @Test
  void whoAsksForMoreIsToldWhenToComeBack() throws Exception {
    try (var gateway = gateway("{ rate: 1/min, burst: 3, per: client }");
        RawClient client = gateway.connect()) {
      RawResponse first = get(client, "/open");
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.header("ratelimit-policy")).isEqualTo("\"few\";q=1;w=60");
      assertThat(first.header("ratelimit")).isEqualTo("\"few\";r=2;t=60");
      assertThat(get(client, "/open").header("ratelimit")).startsWith("\"few\";r=1;");
      assertThat(get(client, "/open").header("ratelimit")).startsWith("\"few\";r=0;");

      RawResponse refused = get(client, "/open");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("retry-after")).isEqualTo("60");
      assertThat(refused.header("ratelimit")).startsWith("\"few\";r=0;");
      assertThat(refused.text()).contains("\"reason\":\"limit.exceeded\"", "\"stage\":\"admit\"");
      assertThat(origin.requests()).hasSize(3);
    }
  }

  @Test
  void operatorsSeeWhoIsOverALimit() throws Exception {
    try (var gateway = gateway("{ rate: 1/h, per: [client, \"header:X-Secret\"] }");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 3; i++) {
        get(client, "/open", "X-Forwarded-For: 192.0.2.1", "X-Secret: foo");
      }
      get(client, "/open", "X-Forwarded-For: 2001:db8::1");
      get(client, "/open", "X-Forwarded-For: 2001:db8::2");
      LimitReport few = gateway.limits().getFirst();
      assertThat(few.limit()).isEqualTo("few");
      assertThat(few.within()).isEqualTo(2);
      assertThat(few.over()).isEqualTo(3);
      assertThat(few.top())
          .containsExactly(
              new TopKeys.Seen("client 192.0.2.1, header:X-Secret sha256:2c26b46b68ff", 2, 2),
              new TopKeys.Seen(
                  "client 2001:db8:0:0:0:0:0:0/64, client 2001:db8:0:0:0:0:0:0/64", 1, 1));
      assertThat(gateway.metric("headgate_limit_requests_total{limit=\"few\",outcome=\"over\"}"))
          .isEqualTo(3);
    }
  }

  @Test
  void eachClientHasALimitOfItsOwn() throws Exception {
    try (var gateway = gateway("{ rate: 1/h, per: client }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open", "X-Forwarded-For: 192.0.2.1")).isEqualTo(200);
      assertThat(status(client, "/open", "X-Forwarded-For: 192.0.2.1")).isEqualTo(429);
      assertThat(status(client, "/open", "X-Forwarded-For: 192.0.2.2")).isEqualTo(200);
      assertThat(status(client, "/open", "X-Forwarded-For: 2001:db8::1")).isEqualTo(200);
      assertThat(status(client, "/open", "X-Forwarded-For: 2001:db8::2")).isEqualTo(429);
    }
  }

  @Test
  void eachConsumerHasALimitOfItsOwn() throws Exception {
    try (var gateway = gateway("{ rate: 1/h, per: consumer }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/keyed", ACME)).isEqualTo(200);
      RawResponse refused = get(client, "/keyed", ACME);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text()).contains("\"stage\":\"limit\"");
      assertThat(status(client, "/keyed", OTHER)).isEqualTo(200);
      assertThat(status(client, "/keyed", "X-API-Key: wrong")).isEqualTo(401);
    }
  }

  @Test
  void aLabelMakesSeveralShareALimit() throws Exception {
    try (var gateway = gateway("{ rate: 1/h, per: \"label:tenant\" }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/keyed", ACME)).isEqualTo(200);
      assertThat(status(client, "/keyed", OTHER)).isEqualTo(429);
    }
  }

  @Test
  void aNamedLimitIsOneForAllItsRoutesUnlessItIsPerRoute() throws Exception {
    try (var gateway = gateway("{ rate: 1/h }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/also")).isEqualTo(429);
    }
    try (var gateway = gateway("{ rate: 1/h, per: [client, route] }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/also")).isEqualTo(200);
      assertThat(status(client, "/also")).isEqualTo(429);
    }
  }

  @Test
  void aHeaderFieldTellsCallersApartAndItsAbsenceIsNoWayAround() throws Exception {
    try (var gateway = gateway("{ rate: 1/h, per: \"header:X-Tenant\" }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open", "X-Tenant: a")).isEqualTo(200);
      assertThat(status(client, "/open", "X-Tenant: a")).isEqualTo(429);
      assertThat(status(client, "/open", "X-Tenant: b")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(429);
    }
  }

  @Test
  void whatThePathCapturesHasALimitOfItsOwnHoweverItIsSpelled() throws Exception {
    try (var gateway = gateway("{ rate: 1/h }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/t/acme/a", "X-Forwarded-For: 192.0.2.1")).isEqualTo(200);
      assertThat(status(client, "/t/acme/b", "X-Forwarded-For: 192.0.2.2")).isEqualTo(429);
      assertThat(status(client, "/t/%61cme", "X-Forwarded-For: 192.0.2.3")).isEqualTo(429);
      assertThat(status(client, "/t/acme;v=1/a?x", "X-Forwarded-For: 192.0.2.4")).isEqualTo(429);
      assertThat(status(client, "/x/../t/acme/", "X-Forwarded-For: 192.0.2.5")).isEqualTo(429);
      assertThat(status(client, "/t/other/a", "X-Forwarded-For: 192.0.2.1")).isEqualTo(200);
      LimitReport inline =
          gateway.limits().stream().filter(report -> report.over() > 0).findFirst().orElseThrow();
      assertThat(inline.top()).containsExactly(new TopKeys.Seen("path:tenant acme", 4, 4));
    }
  }

  @Test
  void ofSeveralRatesAllAreChargedOrNone() throws Exception {
    try (var gateway = gateway("{ rate: [5/h, 2/day] }");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/open").headers("ratelimit-policy"))
          .containsExactly("\"few:5/h\";q=5;w=3600", "\"few:2/day\";q=2;w=86400");
      assertThat(status(client, "/open")).isEqualTo(200);
      for (int i = 0; i < 5; i++) {
        assertThat(status(client, "/open")).isEqualTo(429);
      }
      assertThat(get(client, "/open").headers("ratelimit").getFirst())
          .startsWith("\"few:5/h\";r=3");
    }
  }

  @Test
  void aRequestMayCountForMore() throws Exception {
    try (var gateway = gateway("{ rate: 10/h, cost: \"request.path == '/also' ? 6 : 1\" }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/also")).isEqualTo(200);
      assertThat(status(client, "/also")).isEqualTo(429);
      assertThat(status(client, "/open")).isEqualTo(200);
    }
  }

  @Test
  void whatCostsMoreThanABurstNeverFits() throws Exception {
    try (var gateway = gateway("{ rate: 10/h, cost: 11, maxDelay: 20s }");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "/open");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("retry-after")).isEqualTo("3600");
    }
  }

  @Test
  void theUpstreamMaySayAfterwardsWhatARequestCountsFor() throws Exception {
    try (var gateway = gateway("{ rate: 10/h, costHeader: X-Cost }");
        RawClient client = gateway.connect()) {
      RawResponse first = get(client, "/open"); // 1, and 5 characters
      assertThat(first.header("ratelimit")).startsWith("\"few\";r=4;");
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(429);
    }
  }

  @Test
  void aRequestThatComesTooEarlyMayWaitForItsTurn() throws Exception {
    try (var gateway = gateway("{ rate: 10/s, burst: 1, maxDelay: 5s }");
        RawClient client = gateway.connect()) {
      long begun = System.nanoTime();
      for (int i = 0; i < 4; i++) {
        assertThat(status(client, "/open")).isEqualTo(200);
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(290_000_000L);
    }
  }

  @Test
  void nobodyWaitsForItsTurnInReportMode() throws Exception {
    String limit = "{ rate: 6/min, burst: 1, maxDelay: 20s }";
    try (var gateway = new Gateways("nio").start(config(limit, "report"));
        RawClient client = gateway.connect()) {
      long begun = System.nanoTime();
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).as("later than the longest delay").isEqualTo(200);
      assertThat(System.nanoTime() - begun).isLessThan(9_000_000_000L);
      gateway.awaitMetric("headgate_would_deny_total{policy=\"few\",reason=\"limit.delayed\"}", 2);
      gateway.awaitMetric("headgate_would_deny_total{policy=\"few\",reason=\"limit.exceeded\"}", 1);
    }
  }

  @Test
  void reportsWithoutRefusing() throws Exception {
    try (var gateway = new Gateways("nio").start(config("{ rate: 1/h }", "report"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open")).isEqualTo(200);
      RawResponse second = get(client, "/open");
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.header("ratelimit")).isNull();
      assertThat(second.header("retry-after")).isNull();
      gateway.awaitMetric("headgate_would_deny_total{policy=\"few\",reason=\"limit.exceeded\"}", 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fixed_window", "sliding_window"})
  void aWindowSaysWhenItEnds(String algorithm) throws Exception {
    try (var gateway = gateway("{ rate: [5/31day, 3/30day], algorithm: %s }".formatted(algorithm));
        RawClient client = gateway.connect()) {
      RawResponse first = get(client, "/open");
      assertThat(first.headers("ratelimit-policy"))
          .containsExactly("\"few:5/31day\";q=5;w=2678400", "\"few:3/30day\";q=3;w=2592000");
      assertThat(first.headers("ratelimit").get(1)).startsWith("\"few:3/30day\";r=2;t=");
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/also")).isEqualTo(200);
      for (int i = 0; i < 3; i++) {
        RawResponse refused = get(client, "/open");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 2 * 2_592_000L);
        assertThat(refused.text()).contains("\"reason\":\"limit.exceeded\"");
        // All are charged, or none.
        assertThat(refused.headers("ratelimit").getFirst()).startsWith("\"few:5/31day\";r=2;");
      }
    }
  }

  @Test
  void inAWindowTooAnUpstreamMaySayWhatARequestCountsFor() throws Exception {
    try (var gateway = gateway("{ rate: 10/365day, algorithm: fixed_window, costHeader: X-Cost }");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/open").header("ratelimit")).startsWith("\"few\";r=4;");
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(429);
      assertThat(gateway.apply(config("{ rate: 30/365day, algorithm: fixed_window }")).hasErrors())
          .isFalse();
      assertThat(get(client, "/open").header("ratelimit")).startsWith("\"few\";r=17;");
    }
  }

  @Test
  void windowsReportWithoutRefusing() throws Exception {
    String limit = "{ rate: 1/31day, algorithm: sliding_window }";
    try (var gateway = new Gateways("nio").start(config(limit, "report"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(status(client, "/open")).isEqualTo(200);
      gateway.awaitMetric("headgate_would_deny_total{policy=\"few\",reason=\"limit.exceeded\"}", 1);
    }
  }

  @Test
  void aChangeOfTheConfigurationForgetsNothing() throws Exception {
    try (var gateway = gateway("{ rate: 1/h, per: client }");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/open")).isEqualTo(200);
      assertThat(gateway.apply(config("{ rate: 1/h, headers: false }")).hasErrors()).isFalse();
      RawResponse refused = get(client, "/open");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("ratelimit")).isNull();
    }
  }
}
