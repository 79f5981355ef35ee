package dev.headgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.config.Problems;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerWireTest {
  @TempDir private Path folder;

  private ScriptedOrigin origin;

  @BeforeEach
  void startOrigin() {
    origin =
        ScriptedOrigin.start(exchange ->
            exchange.respond(exchange.request().path().equals("/broken") ? 500 : 200, "in"));
  }

  @AfterEach
  void stopOrigin() {
    origin.close();
  }

  private Path file() {
    return folder.resolve("data/ledger.db");
  }

  private String config(String gold, String store, String more) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies: { keys: { apiKey: {} } }
    routes: { all: { match: { path: "/**" }, auth: keys, to: o } }
    plans: { gold: %s }
    products: { all: { routes: all } }
    consumers:
      acme:
        plan: gold
        products: all
        credentials:
          - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
    ledger: { store: "%s", flush: 100ms%s }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), gold, store, more);
  }

  private String config(String gold) {
    return config(gold, file().toString(), "");
  }

  private static GatewayUnderTest start(String config) {
    return new Gateways("nio").start(config);
  }

  private static int status(RawClient client, String path) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nX-API-Key: foo\r\n\r\n");
    RawResponse response = client.readResponse();
    return response.status();
  }

  @Test
  void aRestartKeepsWhatWasUsed() throws Exception {
    String gold = "{ quota: { requests: 3/month }, price: { perRequest: 0.0004 EUR } }";
    try (var gateway = start(config(gold));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/a")).isEqualTo(200);
      assertThat(status(client, "/broken")).isEqualTo(500);
      assertThat(status(client, "/b")).isEqualTo(200);
    }
    LedgerStore store = new LedgerStore.File(file());
    assertThat(Databases.requests(store, "acme")).isEqualTo(2);
    assertThat(Databases.used(store, "acme")).isEqualTo(2);
    try (var gateway = start(config(gold));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/a")).isEqualTo(200);
      assertThat(status(client, "/a")).isEqualTo(429);
      gateway.awaitMetric("headgate_quota_events_total{event=\"exhausted\"}", 1);
    }
    assertThat(Databases.requests(store, "acme")).isEqualTo(3);
  }

  @Test
  void requestsBeyondTheQuotaAreBookedAtTheirOwnPrice() throws Exception {
    String gold =
        "{ quota: { requests: 1/month }, price: { perRequest: 1 EUR }, overage: { perRequest: 2 EUR } }";
    try (var gateway = start(config(gold));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 4; i++) {
        assertThat(status(client, "/a")).isEqualTo(200);
      }
    }
    LedgerStore store = new LedgerStore.File(file());
    String of = "SELECT SUM(requests) FROM headgate_usage WHERE kind = ";
    assertThat(Databases.number(store, of + "'requests' AND price = '1 EUR'")).isEqualTo(1);
    assertThat(Databases.number(store, of + "'overage' AND price = '2 EUR'")).isEqualTo(3);
  }

  @Test
  void aStoreThatCannotBeOpenedStopsNothingAndIsTriedAgain() throws Exception {
    Path blocked = Files.writeString(folder.resolve("data"), "a file where a folder should be");
    try (var gateway = start(config("{ quota: { requests: 5/month } }"));
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/a")).isEqualTo(200);
      gateway.awaitMetric("headgate_ledger_up", 0);
      Files.delete(blocked);
      gateway.awaitMetric("headgate_ledger_up", 1);
      assertThat(status(client, "/a")).isEqualTo(200);
    }
    assertThat(Databases.requests(new LedgerStore.File(file()), "acme")).isEqualTo(2);
  }

  @Test
  void whoseQuotaIsNotKnownYetCanBeDenied() throws Exception {
    Path blocked = Files.writeString(folder.resolve("data"), "a file where a folder should be");
    String config =
        config("{ quota: { requests: 5/month } }", file().toString(), ", onStoreFailure: deny");
    try (var gateway = start(config);
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/a")).isEqualTo(503);
      Files.delete(blocked);
      gateway.awaitMetric("headgate_ledger_up", 1);
      assertThat(status(client, "/a")).isEqualTo(200);
    }
    assertThat(Databases.requests(new LedgerStore.File(file()), "acme")).isEqualTo(1);
  }

  @Test
  void anotherStoreIsTakenAtTheNextStartOnly() throws Exception {
    try (var gateway = start(config("{ quota: { requests: 5/month } }"))) {
      Problems problems =
          gateway.apply(config("{ quota: { requests: 6/month } }", folder + "/other.db", ""));
      assertThat(problems.hasErrors()).isFalse();
      assertThat(problems.report()).contains("ledger.store", "at the next start only");
    }
  }

  @Test
  void gatewaysThatShareAServerRefuseByWhatTheOtherHasLetThrough() throws Exception {
    try (Databases databases = new Databases()) {
      LedgerStore store = databases.fresh("postgres", folder);
      String config = config("{ quota: { requests: 5/month } }", store.shown(), "");
      int through = 0;
      try (var one = start(config);
          var two = start(config);
          RawClient first = one.connect();
          RawClient second = two.connect()) {
        for (int i = 0; i < 5; i++) {
          assertThat(status(first, "/a")).isEqualTo(200);
        }
        assertThat(status(first, "/a")).isEqualTo(429);
        one.awaitMetric("headgate_quota_events_total{event=\"exhausted\"}", 1);
        long begun = System.nanoTime();
        while (status(second, "/a") == 200) {
          through++; // as many as come between two flushes
          assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
        }
        assertThat(through).isPositive();
        assertThat(two.metric("headgate_quota_events_total{event=\"exhausted\"}"))
            .as("the other has told")
            .isZero();
        assertThat(status(second, "/a")).isEqualTo(429);
      }
      assertThat(Databases.requests(store, "acme")).isEqualTo(5 + through);
    }
  }

  @Test
  void withoutProductsThereIsNoLedger() throws Exception {
    String config =
        config("{}").replaceAll("(?m)^products:.*$", "").replaceAll("products: all", "");
    try (var gateway = start(config);
        RawClient client = gateway.connect()) {
      assertThat(status(client, "/a")).isEqualTo(200);
      assertThat(gateway.metric("headgate_ledger_up")).isZero();
    }
    assertThat(file()).doesNotExist();
  }
}
