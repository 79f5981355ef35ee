package dev.headgate.policy.limit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways and a real Redis. */
class SharedLimitWireTest {
  private RedisUnderTest redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisUnderTest.start();
  }

  @AfterEach
  void stopRedis() throws Exception {
    redis.close();
  }

  private String config(String limit) {
    return config(limit, "enforce", "timeout: 2s");
  }

  private String config(String limit, String mode, String store) {
    return """
    listeners: { plain: { address: "127.0.0.1:0", trustedProxies: [127.0.0.0/8] } }
    stores: { shared: { redis: "redis://127.0.0.1:%d", %s } }
    policies: { fleet: { limit: { store: shared, %s }, mode: %s } }
    routes:
      r:
        match: { path: /** }
        auth: public
        policies: [fleet]
        respond: { status: 200 }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(redis.port(), store, limit, mode);
  }

  private GatewayUnderTest gateway(String limit) {
    return new Gateways("nio").start(config(limit));
  }

  private static RawResponse get(RawClient client) throws Exception {
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    return client.readResponse();
  }

  private static int admitted(RawClient client, int requests) throws Exception {
    int admitted = 0;
    for (int i = 0; i < requests; i++) {
      admitted += get(client).status() == 200 ? 1 : 0;
    }
    return admitted;
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "epoll", "io_uring"})
  void twoGatewaysGiveOutOneBurst(String transport) throws Exception {
    Assumptions.assumeTrue(isAvailable(transport));
    String yaml = config("rate: 1/h, burst: 10");
    try (var one = new Gateways(transport).start(yaml);
        var other = new Gateways(transport).start(yaml);
        RawClient first = one.connect();
        RawClient second = other.connect()) {
      assertThat(get(first).header("ratelimit")).isEqualTo("\"fleet\";r=9;t=3600");
      assertThat(get(second).header("ratelimit")).startsWith("\"fleet\";r=8;");
      assertThat(admitted(first, 6) + admitted(second, 6)).isEqualTo(8);
      RawResponse refused = get(first);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(3590L, 3600L);
      assertThat(refused.text()).contains("\"reason\":\"limit.exceeded\"");
    }
  }

  static boolean isAvailable(String transport) {
    return switch (transport) {
      case "epoll" -> Epoll.isAvailable();
      case "io_uring" -> IoUring.isAvailable();
      default -> true;
    };
  }

  @Test
  void ofSeveralRatesAllAreChargedOrNone() throws Exception {
    try (var gateway = gateway("rate: [2/h, 3/day]");
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 2)).isEqualTo(2);
      RawResponse refused = get(client);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.headers("ratelimit").get(1)).startsWith("\"fleet:3/day\";r=1;");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exact", "leased"})
  void limitsOfAPlanAreGivenOutOnceToo(String sync) throws Exception {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        stores: { shared: { redis: "redis://127.0.0.1:%d", timeout: 2s } }
        policies: { keys: { apiKey: {} } }
        routes: { r: { match: { path: /** }, auth: keys, respond: { status: 200 } } }
        plans: { gold: { limits: [{ rate: 1/h, burst: 10, store: shared, sync: %s }, { rate: 50/day, store: shared, sync: %s }] } }
        products: { all: { routes: [r] } }
        consumers:
          acme:
            plan: gold
            products: [all]
            credentials:
              - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
        ledger: { store: "off" }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(redis.port(), sync, sync);
    try (var one = new Gateways("nio").start(yaml);
        var other = new Gateways("nio").start(yaml);
        RawClient first = one.connect();
        RawClient second = other.connect()) {
      int admitted = 0;
      for (int i = 0; i < 30; i++) {
        RawClient client = i % 2 == 0 ? first : second;
        client.send("GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: foo\r\n\r\n");
        admitted += client.readResponse().status() == 200 ? 1 : 0;
      }
      // With leases, what the store has not settled yet may come on top: one for each node.
      assertThat(admitted).isBetween(10, sync.equals("exact") ? 10 : 10 + 2 * (1 + 1));
      one.apply(yaml.replace("rate: 50/day", "rate: 60/day"));
      refusedByPlan(first);
    }
  }

  private static void refusedByPlan(RawClient client) throws Exception {
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: foo\r\n\r\n");
    assertThat(client.readResponse().status()).as("counted in the store").isEqualTo(429);
  }

  @Test
  void nobodyWaitsForItsTurnInReportMode() throws Exception {
    String yaml = config("rate: 6/min, burst: 1, maxDelay: 20s", "report", "timeout: 2s");
    try (var gateway = new Gateways("nio").start(yaml);
        RawClient client = gateway.connect()) {
      long begun = System.nanoTime();
      assertThat(admitted(client, 2)).isEqualTo(2);
      assertThat(System.nanoTime() - begun).isLessThan(9_000_000_000L);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"fleet\",reason=\"limit.delayed\"}", 1);
    }
  }

  @Test
  void theUpstreamsPriceIsChargedInTheStoreAfterwards() throws Exception {
    String limit = "rate: 1/h, burst: 10, cost: 2, costHeader: X-Cost";
    try (ScriptedOrigin origin =
        ScriptedOrigin.start(exchange -> exchange.respond(200, "in", "X-Cost: 3"))) {
      chargedAfterwards(
          config(limit).replace("respond: { status: 200 }", "to: o")
              + "upstreams: { o: { endpoints: [\""
              + origin.url()
              + "\"] } }\n");
    }
  }

  private void chargedAfterwards(String yaml) throws Exception {
    try (var one = new Gateways("nio").start(yaml);
        var other = new Gateways("nio").start(yaml);
        RawClient first = one.connect();
        RawClient second = other.connect()) {
      // Two before, and three when the answer has said so.
      assertThat(get(first).header("ratelimit")).startsWith("\"fleet\";r=5;");
      Awaitility.await().until(() -> missingInRedis() > 4.9);
      assertThat(get(second).header("ratelimit")).startsWith("\"fleet\";r=0;");
      Awaitility.await().until(() -> missingInRedis() > 9.9);
      assertThat(get(first).status()).isEqualTo(429);
    }
  }

  /** How many tokens the one bucket misses. */
  private double missingInRedis() throws Exception {
    String key = redis.call("EVAL \"return redis.call('KEYS', 'headgate:*')[1]\" 0");
    String word = redis.call("GET " + key);
    return Double.parseDouble(word.substring(0, word.indexOf(' '))) / 3_600e9;
  }

  @Test
  void aRequestThatComesTooEarlyWaitsForItsTurn() throws Exception {
    try (var gateway = gateway("rate: 10/s, burst: 1, maxDelay: 2s");
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 4)).isEqualTo(4);
    }
  }

  @Test
  void inReportModeNobodyIsRefused() throws Exception {
    try (var gateway = new Gateways("nio").start(config("rate: 1/h", "report", "timeout: 2s"));
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 3)).isEqualTo(3);
      gateway.awaitMetric(
          "headgate_would_deny_total{policy=\"fleet\",reason=\"limit.exceeded\"}", 2);
    }
  }

  @Test
  void aReloadKeepsWhatIsCountedAndTheConnection() throws Exception {
    String yaml = config("rate: 1/h, burst: 5");
    try (var gateway = new Gateways("nio").start(yaml);
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 3)).isEqualTo(3);
      assertThat(gateway.apply(yaml.replace("burst: 5", "burst: 4")).hasErrors()).isFalse();
      assertThat(admitted(client, 3)).isEqualTo(1);
      assertThat(redis.connectionsReceived()).isEqualTo(1);

      assertThat(gateway.apply(yaml.replace("timeout: 2s", "timeout: 1s")).hasErrors()).isFalse();
      assertThat(admitted(client, 2)).isEqualTo(1);
      Awaitility.await().until(() -> redis.connections() == 1);
      assertThat(redis.connectionsReceived()).isEqualTo(2);
    }
    Awaitility.await().until(() -> redis.connections() == 0);
  }

  @Test
  void bucketsExpireByThemselves() throws Exception {
    try (var gateway = gateway("rate: 1/s, burst: 2");
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 2)).isEqualTo(2);
      assertThat(redis.call("DBSIZE")).isEqualTo(":1");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> redis.call("DBSIZE").equals(":0"));
    }
  }

  @Test
  void withoutTheStoreEachNodeCountsAloneAndTheStoreIsUsedAgainOnceItIsBack() throws Exception {
    String yaml = config("rate: 1/h, burst: 6", "enforce", "timeout: 200ms");
    try (var gateway = new Gateways("nio").start(yaml);
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 2)).isEqualTo(2);
      redis.kill();
      // What was given before counts: no second burst.
      assertThat(admitted(client, 8)).isEqualTo(4);
      gateway.awaitMetric("headgate_store_loops_away{store=\"shared\"}", 1);
      redis.startAgain();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> get(client).status() == 200); // a Redis that forgot everything
      gateway.awaitMetric("headgate_store_loops_away{store=\"shared\"}", 0);
    }
  }

  @Test
  void withoutTheStoreNobodyOrEverybodyPassesIfSoSet() throws Exception {
    redis.kill();
    try (var gateway = gateway("rate: 1/h, onStoreFailure: deny");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("\"reason\":\"limit.store_unavailable\"");
      assertThat(refused.text()).doesNotContain("127.0.0.1");
    }
    try (var gateway = gateway("rate: 1/h, onStoreFailure: allow");
        RawClient client = gateway.connect()) {
      assertThat(admitted(client, 5)).isEqualTo(5);
    }
  }

  @Test
  void aStoreThatIsSlowCostsItsTimeoutAFewTimesAndThenNothing() throws Exception {
    String yaml = config("rate: 1/h, onStoreFailure: allow", "enforce", "timeout: 100ms");
    try (var gateway = new Gateways("nio").start(yaml);
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(200);
      redis.pause();
      assertThat(admitted(client, 30)).isEqualTo(30);
      double failed =
          gateway.metric("headgate_store_operations_total{outcome=\"failed\",store=\"shared\"}");
      double skipped =
          gateway.metric("headgate_store_operations_total{outcome=\"skipped\",store=\"shared\"}");
      assertThat(failed).isGreaterThanOrEqualTo(5);
      assertThat(skipped).isPositive();
      redis.resume();
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> get(client).status() == 429);
    }
  }

  @Test
  void aStoreThatAnswersWithErrorsIsAStoreThatFails() throws Exception {
    String yaml = config("rate: 1/h, burst: 3, onStoreFailure: deny");
    try (var gateway = new Gateways("nio").start(yaml);
        RawClient client = gateway.connect()) {
      redis.call("CONFIG SET maxmemory 1");
      assertThat(get(client).status()).isEqualTo(503); // OOM
      redis.call("CONFIG SET maxmemory 0");
      assertThat(get(client).status()).isEqualTo(200);
      redis.call("REPLICAOF 127.0.0.1 1");
      assertThat(get(client).status()).isEqualTo(503); // READONLY
      redis.call("REPLICAOF NO ONE");
      assertThat(get(client).status()).isEqualTo(200);
      redis.call("SCRIPT FLUSH");
      assertThat(get(client).status()).isEqualTo(200);
      assertThat(get(client).status()).isEqualTo(429);
    }
  }

  @Test
  void aStoreThatAsksForAPasswordGetsTheOneThatIsReferredTo() throws Exception {
    redis.call("CONFIG SET requirepass s3cret");
    redis.password("s3cret");
    try (var gateway = gateway("rate: 1/h, onStoreFailure: deny");
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(503);
    }
    String yaml =
        config("rate: 1/h, onStoreFailure: deny", "enforce", "password: \"${env:REDIS}\"");
    try (var gateway = new Gateways("nio").with(Map.of("REDIS", "s3cret")).start(yaml);
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(200);
    }
    redis.call("ACL SETUSER gate on >other ~headgate:* +@all");
    yaml =
        config(
            "rate: 1/h, per: host, onStoreFailure: deny",
            "enforce",
            "user: \"${env:USER}\", password: \"${env:REDIS}\"");
    try (var gateway =
            new Gateways("nio").with(Map.of("REDIS", "other", "USER", "gate")).start(yaml);
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsLentIsGivenOutByBothGatewaysWithinTheBound() throws Exception {
    String yaml = config("rate: 1/h, burst: 100, sync: leased, lease: 10%");
    try (var one = new Gateways("nio").start(yaml);
        var other = new Gateways("nio").start(yaml);
        RawClient first = one.connect();
        RawClient second = other.connect()) {
      int admitted = 0;
      for (int i = 0; i < 20; i++) {
        admitted += admitted(first, 7) + admitted(second, 3);
      }
      // burst + nodes x (lease + 1); and little is left lying about.
      assertThat(admitted).isBetween(78, 122);
      assertThat(get(first).status()).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exact", "leased"})
  void inAnyTimeNoMoreThanAllowedPassesBothTogether(String sync) throws Exception {
    String yaml = config("rate: 100/s, burst: 20, sync: " + sync);
    try (var one = new Gateways("nio").start(yaml);
        var other = new Gateways("nio").start(yaml);
        ExecutorService clients = Executors.newFixedThreadPool(4)) {
      long start = System.nanoTime();
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        GatewayUnderTest gateway = i % 2 == 0 ? one : other;
        counts.add(
            clients.submit(() -> {
              try (RawClient client = gateway.connect()) {
                return admitted(client, 400);
              }
            }));
      }
      int admitted = 0;
      for (Future<Integer> count : counts) {
        admitted += count.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      int lent = sync.equals("exact") ? 0 : 2 * (2 + 1);
      assertThat(admitted).isGreaterThan(20).isLessThanOrEqualTo((int) (20 + 100 * seconds) + lent);
    }
  }

  @Test
  void whatIsNoRedisIsAStoreThatFails() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> babble(server));
      String yaml =
          config("rate: 1/h, onStoreFailure: deny", "enforce", "timeout: 300ms")
              .replace(":" + redis.port(), ":" + server.getLocalPort());
      try (var gateway = new Gateways("nio").start(yaml);
          RawClient client = gateway.connect()) {
        for (int i = 0; i < 8; i++) {
          assertThat(get(client).status()).isEqualTo(503);
        }
      }
    }
  }

  private static void babble(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
        socket.getOutputStream().flush();
        socket.getInputStream().readNBytes(14);
      } catch (IOException e) {
        // The next one.
      }
    }
  }

  @Test
  void aStoreThatNobodyUsesAnyMoreIsWorthAWarningAndLetGo() throws Exception {
    String yaml = config("rate: 1/h");
    try (var gateway = new Gateways("nio").start(yaml)) {
      assertThat(gateway.apply(yaml.replace("store: shared, ", "")).report())
          .contains("warning: stores.shared: no policy uses this store");
      Awaitility.await().until(() -> redis.connections() == 0);
    }
  }
}
