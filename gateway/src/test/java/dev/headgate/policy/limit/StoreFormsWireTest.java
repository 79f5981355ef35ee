package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Identity;
import dev.headgate.testkit.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.embedded.RedisSentinel;

/** A Redis with TLS, one that Sentinels watch, one without a name. */
class StoreFormsWireTest {
  @TempDir private Path folder;

  private static String config(String store, String limit) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    stores: { shared: { %s, timeout: 5s } }
    policies: { fleet: { limit: { store: shared, onStoreFailure: deny, %s } } }
    routes: { r: { match: { path: /** }, auth: public, policies: [fleet], respond: {} } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(store, limit);
  }

  private static int get(GatewayUnderTest gateway) throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.readResponse().status();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "epoll"})
  void overTlsTheStoresCertificateIsVerified(String transport) throws Exception {
    Certificates authority = Certificates.authority();
    Identity.PemFiles own = authority.server("localhost").writeTo(folder, "redis");
    Path ca = authority.writeTo(folder, "ca.pem");
    Path other = Certificates.authority().writeTo(folder, "other.pem");
    int port = RedisUnderTest.freePort();
    try (RedisUnderTest redis =
        RedisUnderTest.start(
            "tls-port " + port,
            "tls-cert-file " + own.chain(),
            "tls-key-file " + own.key(),
            "tls-ca-cert-file " + ca,
            "tls-auth-clients no")) {
      String store = "redis: \"rediss://%s:" + port + "\", tls: { ca: \"%s\" }";
      try (var gateway =
          new Gateways(transport).start(config(store.formatted("localhost", ca), "rate: 1/h"))) {
        assertThat(get(gateway)).isEqualTo(200);
        assertThat(get(gateway)).isEqualTo(429);
      }
      for (String wrong :
          Stream.of(store.formatted("localhost", other), store.formatted("127.0.0.1", ca))
              .toList()) {
        try (var gateway = new Gateways(transport).start(config(wrong, "rate: 1/h"))) {
          assertThat(get(gateway)).isEqualTo(503);
        }
      }
      assertThat(redis.port()).isNotEqualTo(port);
    }
  }

  @Test
  void sentinelsAreAskedWhereTheMasterIs() throws Exception {
    try (RedisUnderTest redis = RedisUnderTest.start()) {
      int port = RedisUnderTest.freePort();
      RedisSentinel sentinel =
          RedisSentinel.newRedisSentinel()
              .bind("127.0.0.1")
              .port(port)
              .masterName("main")
              .masterPort(redis.port())
              .quorumSize(1)
              .build();
      sentinel.start();
      try (var gateway =
          new Gateways("nio")
              .start(
                  config(
                      "redis: \"redis-sentinel://127.0.0.1:%d#main\"".formatted(port),
                      "rate: 1/h"))) {
        assertThat(get(gateway)).isEqualTo(200);
        assertThat(get(gateway)).isEqualTo(429);
        assertThat(redis.call("DBSIZE")).isEqualTo(":1");
      } finally {
        sentinel.stop();
      }
    }
  }

  @Test
  void aReplicaThatSentinelsPromoteGoesOnWithWhatWasCounted() throws Exception {
    try (RedisUnderTest master = RedisUnderTest.start();
        RedisUnderTest replica = RedisUnderTest.start("replicaof 127.0.0.1 " + master.port())) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> master.call("INFO replication").contains("state=online"));
      int port = RedisUnderTest.freePort();
      RedisSentinel sentinel =
          RedisSentinel.newRedisSentinel()
              .bind("127.0.0.1")
              .port(port)
              .masterName("main")
              .masterPort(master.port())
              .quorumSize(1)
              .downAfterMilliseconds(500L)
              .failOverTimeout(3_000L)
              .build();
      sentinel.start();
      try (var gateway =
          new Gateways("nio")
              .start(
                  config(
                      "redis: \"redis-sentinel://127.0.0.1:%d#main\"".formatted(port),
                      "rate: 1/h"))) {
        assertThat(get(gateway)).isEqualTo(200);
        Awaitility.await().until(() -> replica.call("DBSIZE").equals(":1"));
        master.kill();
        // Nobody passes for that: 503 until the replica is the master, and then it knows.
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> {
              int status = get(gateway);
              assertThat(status).isIn(503, 429);
              return status == 429;
            });
        assertThat(replica.call("INFO replication")).contains("role:master");
      } finally {
        sentinel.stop();
      }
    }
  }

  @Test
  void aStoreHasANameAndANumber() throws Exception {
    try (RedisUnderTest redis = RedisUnderTest.start()) {
      String store = "redis: \"redis://localhost:%d/3\"".formatted(redis.port());
      try (var gateway = new Gateways("nio").start(config(store, "rate: 1/h"))) {
        assertThat(get(gateway)).isEqualTo(200);
        assertThat(get(gateway)).isEqualTo(429);
      }
      assertThat(redis.call("INFO keyspace")).contains("db3:keys=1");
    }
  }
}
