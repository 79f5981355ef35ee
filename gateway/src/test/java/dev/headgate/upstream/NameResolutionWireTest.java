package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.NameServer;
import dev.headgate.testkit.OriginOptions;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Endpoints that are given by name, while what the name server says changes. */
@OnEveryTransport
class NameResolutionWireTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      upstreams: { o: { endpoints: ["http://origin.test:%d"] } }
      routes: { all: { match: { path: /** }, auth: public, to: o } }
      telemetry: { accessLog: { to: "off" } }
      """;

  @Parameter private Gateways gateways;
  private NameServer names;
  private ScriptedOrigin origin;
  private GatewayUnderTest gateway;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    names = NameServer.start();
    origin =
        ScriptedOrigin.start(
            OriginOptions.plain().onEveryAddress(),
            exchange -> {
              boolean keep = exchange.request().target().equals("/keep");
              exchange.respond(
                  200,
                  exchange.wire().localAddress(),
                  "Connection: " + (keep ? "keep-alive" : "close"));
              if (!keep) {
                exchange.close();
              }
            });
    gateway =
        gateways.start(
            CONFIG.formatted(origin.port()), ", resolver: [\"127.0.0.1:" + names.port() + "\"]");
    client = gateway.connect();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    gateway.close();
    origin.close();
    names.close();
  }

  /** Asks again and again, as traffic would, until the answer is that. */
  private void askUntil(String path, String answer) throws Exception {
    long begun = System.nanoTime();
    RawResponse last = client.get(path);
    while (!last.text().contains(answer)) {
      assertThat(System.nanoTime() - begun).as(last.text()).isLessThan(PATIENCE_NANOS);
      last = client.get(path);
    }
  }

  /** Such names are no host names by the letter, and common in container networks. */
  @Test
  void findsANameWithAnUnderscore() throws Exception {
    names.answer("my_origin.test", SECOND, "127.0.0.1");
    String config = CONFIG.replace("origin.test", "my_origin.test").formatted(origin.port());
    try (var other = gateways.start(config, ", resolver: [\"127.0.0.1:" + names.port() + "\"]");
        var caller = other.connect()) {
      assertThat(caller.get("/").text()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void goesToTheNewAddressOnceTheOldOnesTimeIsOver() throws Exception {
    names.answer("origin.test", SECOND, "127.0.0.1");
    assertThat(client.get("/").text()).isEqualTo("127.0.0.1");
    names.answer("origin.test", SECOND, "127.0.0.2");
    askUntil("/", "127.0.0.2");
    assertThat(gateway.metric("headgate_revision")).isEqualTo(1);
  }

  @Test
  void leavesConnectionsThatItKeepsToAnAddressThatTheNameHasLeft() throws Exception {
    names.answer("origin.test", SECOND, "127.0.0.1");
    assertThat(client.get("/keep").text()).isEqualTo("127.0.0.1");
    names.answer("origin.test", SECOND, "127.0.0.2");
    askUntil("/keep", "127.0.0.2");
    assertThat(origin.connectionCount()).isEqualTo(2);
    origin.awaitOpenConnections(1);
  }

  @Test
  void asksNoSoonerThanTheAnswerSays() throws Exception {
    names.answer("origin.test", Duration.ofHours(1), "127.0.0.1");
    assertThat(client.get("/").text()).isEqualTo("127.0.0.1");
    int asked = names.queries();
    names.answer("origin.test", SECOND, "127.0.0.2");
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < Duration.ofMillis(2500).toNanos()) {
      assertThat(client.get("/").text()).isEqualTo("127.0.0.1");
    }
    assertThat(names.queries()).isEqualTo(asked);
  }

  @Test
  void spreadsConnectionsOverAllAddressesOfAName() throws Exception {
    names.answer("origin.test", SECOND, "127.0.0.1", "127.0.0.2", "127.0.0.3");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      seen.add(client.get("/").text());
    }
    assertThat(seen).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2", "127.0.0.3");
  }

  @Test
  void staysWithTheLastGoodAddressesWhileTheNameServerIsAway() throws Exception {
    names.answer("origin.test", SECOND, "127.0.0.1");
    assertThat(client.get("/").text()).isEqualTo("127.0.0.1");
    names.fallSilent();
    int asked = names.queries();
    long begun = System.nanoTime();
    while (names.queries() < asked + 4) {
      assertThat(System.nanoTime() - begun).isLessThan(PATIENCE_NANOS);
      assertThat(client.get("/").text()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void saysThatANameIsUnknownUntilItIsKnown() throws Exception {
    RawResponse refusal = client.get("/");
    assertThat(refusal.status()).isEqualTo(502);
    assertThat(refusal.text())
        .contains("\"reason\":\"upstream.name\"")
        .doesNotContain("origin.test");
    names.answer("origin.test", SECOND, "127.0.0.1");
    askUntil("/", "127.0.0.1");
  }
}
