package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits in a real Redis Cluster whose slots move and whose nodes die. */
class ClusterWireTest {
  private static final int TENANTS = 30;

  @TempDir private Path folder;
  private ClusterUnderTest cluster;

  @BeforeEach
  void startCluster() throws Exception {
    cluster = new ClusterUnderTest(folder);
  }

  @AfterEach
  void stopCluster() throws Exception {
    cluster.close();
  }

  private String config(String limit) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    stores: { shared: { redis: "redis-cluster://127.0.0.1:%d,127.0.0.1:%d", timeout: 2s } }
    policies:
      fleet: { limit: { %s, per: header:X-Tenant, store: shared, onStoreFailure: deny } }
    routes: { r: { match: { path: /** }, auth: public, policies: [fleet], respond: {} } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(cluster.node(0).port(), cluster.node(1).port(), limit);
  }

  private GatewayUnderTest gateway(String limit) {
    return new Gateways("nio").start(config(limit));
  }

  private static int status(RawClient client, String tenant) throws Exception {
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Tenant: " + tenant + "\r\n\r\n");
    return client.readResponse().status();
  }

  private static List<String> keys(RedisUnderTest node) throws IOException {
    return node.lines("KEYS *");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "epoll", "io_uring"})
  void whereverAKeyLiesItIsGivenOutOnce(String transport) throws Exception {
    Assumptions.assumeTrue(SharedLimitWireTest.isAvailable(transport));
    String yaml = config("rate: [3/h, 100/day]");
    try (var one = new Gateways(transport).start(yaml);
        var other = new Gateways(transport).start(yaml);
        RawClient first = one.connect();
        RawClient second = other.connect()) {
      for (int tenant = 0; tenant < TENANTS; tenant++) {
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          seen.add(status(i % 2 == 0 ? first : second, "t" + tenant));
        }
        assertThat(seen).containsExactly(200, 200, 200, 429, 429);
      }
      for (RedisUnderTest node : cluster.nodes()) {
        assertThat(keys(node)).isNotEmpty();
      }
    }
  }

  @Test
  void leasesAreBorrowedThereToo() throws Exception {
    try (var gateway = gateway("rate: 1/h, burst: 20, sync: leased");
        RawClient client = gateway.connect()) {
      int admitted = 0;
      for (int i = 0; i < 60; i++) {
        admitted += status(client, "t") == 200 ? 1 : 0;
      }
      assertThat(admitted).isBetween(20, 20 + 2 + 1);
    }
  }

  @Test
  void aSlotThatMovesKeepsWhatIsCounted() throws Exception {
    try (var gateway = gateway("rate: 1/h, burst: 3");
        RawClient client = gateway.connect()) {
      assertThat(status(client, "t")).isEqualTo(200);
      RedisUnderTest from =
          cluster.nodes().stream().filter(node -> size(node) > 0).findFirst().orElseThrow();
      RedisUnderTest to = cluster.nodes().stream().filter(n -> n != from).findFirst().orElseThrow();
      String key = keys(from).getFirst();
      String slot = from.call("CLUSTER KEYSLOT " + key).substring(1);
      ClusterUnderTest.require(
          to, "CLUSTER SETSLOT " + slot + " IMPORTING " + ClusterUnderTest.id(from));
      ClusterUnderTest.require(
          from, "CLUSTER SETSLOT " + slot + " MIGRATING " + ClusterUnderTest.id(to));
      assertThat(status(client, "t")).as("still there").isEqualTo(200);
      ClusterUnderTest.require(from, "MIGRATE 127.0.0.1 " + to.port() + " " + key + " 0 5000");
      assertThat(status(client, "t")).as("asked for this once").isEqualTo(200);
      assertThat(status(client, "t")).as("asked for this once").isEqualTo(429);
      for (RedisUnderTest node : List.of(to, from)) {
        ClusterUnderTest.require(
            node, "CLUSTER SETSLOT " + slot + " NODE " + ClusterUnderTest.id(to));
      }
      assertThat(status(client, "t")).as("moved").isEqualTo(429);
      assertThat(size(from)).isZero();
      assertThat(size(to)).isEqualTo(1);
    }
  }

  private static int size(RedisUnderTest node) {
    try {
      return keys(node).size();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Which tenant's key is on which node, one request each. */
  private Map<String, RedisUnderTest> spread(RawClient client) throws Exception {
    Map<String, RedisUnderTest> homes = new HashMap<>();
    for (int i = 0; i < TENANTS; i++) {
      List<Integer> before = cluster.nodes().stream().map(ClusterWireTest::size).toList();
      assertThat(status(client, "t" + i)).isEqualTo(200);
      for (int node = 0; node < before.size(); node++) {
        if (size(cluster.node(node)) > before.get(node)) {
          homes.put("t" + i, cluster.node(node));
        }
      }
    }
    return homes;
  }

  @Test
  void aNodeThatDiesCostsOnlyWhatLiesThereAndIsUsedAgain() throws Exception {
    try (var gateway = gateway("rate: 1/h, burst: 1000");
        RawClient client = gateway.connect()) {
      Map<String, RedisUnderTest> homes = spread(client);
      RedisUnderTest dead = cluster.node(2);
      dead.kill();
      for (int round = 0; round < 10; round++) {
        for (Map.Entry<String, RedisUnderTest> home : homes.entrySet()) {
          assertThat(status(client, home.getKey())).isEqualTo(home.getValue() == dead ? 503 : 200);
        }
      }
      dead.startAgain();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            for (String tenant : homes.keySet()) {
              if (status(client, tenant) != 200) {
                return false;
              }
            }
            return true;
          });
    }
  }

  @Test
  void aReplicaThatTakesOverGoesOnWithWhatWasCounted() throws Exception {
    RedisUnderTest master = cluster.node(0);
    RedisUnderTest replica = cluster.replicaOf(master);
    try (var gateway = gateway("rate: 1/h, burst: 1");
        RawClient client = gateway.connect()) {
      for (int i = 0; i < TENANTS; i++) {
        assertThat(status(client, "t" + i)).isEqualTo(200);
      }
      Awaitility.await().until(() -> size(replica) == size(master));
      master.kill();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            boolean all = true;
            for (int i = 0; i < TENANTS; i++) {
              int status = status(client, "t" + i);
              assertThat(status).as("nobody passes for that").isIn(503, 429);
              all &= status == 429;
            }
            return all;
          });
      assertThat(replica.call("INFO replication")).contains("role:master");
    }
  }
}
