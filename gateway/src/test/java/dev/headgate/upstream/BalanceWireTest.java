package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class BalanceWireTest {
  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(String balance, String... urls) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o:
            endpoints: ["%s"]
            balance: %s
            retry: { attempts: 2, on: [503], minPerSecond: 100, backoff: 0s }
            outlierDetection: { ejection: 10m, maxEjection: 10m }
        routes:
          all: { match: { path: /** }, auth: public, to: o }
          carts: { match: { path: "/carts/{cart}/**" }, auth: public, to: o }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(String.join("\", \"", urls), balance));
  }

  private static ScriptedOrigin named(String name) {
    return ScriptedOrigin.start(exchange -> exchange.respond(200, name));
  }

  private static String get(RawClient client, String field) throws Exception {
    return get(client, "/x", field);
  }

  private static String get(RawClient client, String path, String field) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
    return client.readResponse().text();
  }

  private static void sticks(GatewayUnderTest gateway, String field) throws Exception {
    Set<String> reached = new HashSet<>();
    try (RawClient client = gateway.connect()) {
      for (int user = 0; user < 40; user++) {
        String first = get(client, field + user);
        assertThat(get(client, field + user)).isEqualTo(first);
        assertThat(get(client, field + user)).isEqualTo(first);
        reached.add(first);
      }
    }
    assertThat(reached).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void theSameValueOfAFieldGoesToTheSameEndpoint() throws Exception {
    try (var a = named("a");
        var b = named("b");
        var c = named("c");
        var gateway = gateway("{ hash: header:X-User }", a.url(), b.url(), c.url())) {
      sticks(gateway, "X-User: u");
    }
  }

  @Test
  void theSameCookieGoesToTheSameEndpoint() throws Exception {
    try (var a = named("a");
        var b = named("b");
        var c = named("c");
        var gateway = gateway("{ hash: \"cookie:sid\" }", a.url(), b.url(), c.url())) {
      sticks(gateway, "Cookie: other=1; sid=u");
    }
  }

  @Test
  void whatThePathCapturesGoesToTheSameEndpoint() throws Exception {
    try (var a = named("a");
        var b = named("b");
        var c = named("c");
        var gateway = gateway("{ hash: \"path:cart\" }", a.url(), b.url(), c.url());
        RawClient client = gateway.connect()) {
      Set<String> reached = new HashSet<>();
      for (int cart = 0; cart < 40; cart++) {
        String first = get(client, "/carts/" + cart + "/items", "X-Any: 1");
        assertThat(get(client, "/carts/" + cart + "/total", "X-Any: 2")).isEqualTo(first);
        reached.add(first);
      }
      assertThat(reached).hasSize(3);
    }
  }

  @Test
  void whatARequestDoesNotHaveIsReplacedByItsAddress() throws Exception {
    try (var a = named("a");
        var b = named("b");
        var c = named("c");
        var gateway = gateway("{ hash: header:X-User }", a.url(), b.url(), c.url());
        RawClient client = gateway.connect()) {
      String first = get(client, "X-Other: 1");
      for (int i = 0; i < 10; i++) {
        assertThat(get(client, "X-Other: " + i)).isEqualTo(first);
      }
    }
  }

  @Test
  void whoseEndpointFailsGoesToAnotherAndThereAgain() throws Exception {
    AtomicBoolean bad = new AtomicBoolean();
    try (var a = ScriptedOrigin.start(exchange -> exchange.respond(bad.get() ? 503 : 200, "a"));
        var b = named("b");
        var c = named("c");
        var gateway = gateway("{ hash: header:X-User }", a.url(), b.url(), c.url());
        RawClient client = gateway.connect()) {
      int user = 0;
      while (!get(client, "X-User: " + user).equals("a")) {
        user++;
      }
      bad.set(true);
      String other = get(client, "X-User: " + user);
      assertThat(other).isIn("b", "c");
      for (int i = 0; i < 10; i++) {
        assertThat(get(client, "X-User: " + user)).isEqualTo(other);
      }
      assertThat(gateway.metric("headgate_upstream_endpoints{state=\"ejected\",upstream=\"o\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void atRandomAllAreReached() throws Exception {
    try (var a = named("a");
        var b = named("b");
        var c = named("c");
        var gateway = gateway("random", a.url(), b.url(), c.url());
        RawClient client = gateway.connect()) {
      Set<String> reached = new HashSet<>();
      while (reached.size() < 3) {
        reached.add(get(client, "X-Any: 1"));
      }
    }
  }
}
