package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.telemetry.Json;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who calls from behind proxies: what is believed of what the fields of a request say. */
class ForwardedWireTest {
  private static final String CONFIG =
      """
      listeners:
        auto: { address: "127.0.0.1:0", PROXIES }
        standard: { address: "127.0.0.1:0", PROXIES, forwardedField: forwarded }
        usual: { address: "127.0.0.1:0", PROXIES, forwardedField: x_forwarded_for }
      upstreams: { o: { endpoints: ["%s"] } }
      routes: { all: { match: { path: /** }, auth: public, to: o } }
      telemetry: { accessLog: { to: "file:%s" } }
      """
          .replace("PROXIES", "trustedProxies: [127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48]");

  @TempDir private Path folder;

  /** A request: its listener, its fields, and whom it should be taken to be from. */
  private record Case(String listener, String caller, String... fields) {}

  private static final List<Case> CASES =
      List.of(
          new Case("auto", "127.0.0.1"),
          // X-Forwarded-For, walked from its end.
          new Case("auto", "192.0.2.7", "X-Forwarded-For: 192.0.2.7"),
          new Case("auto", "192.0.2.7", "X-Forwarded-For: 6.6.6.6, 192.0.2.7"),
          new Case("auto", "192.0.2.7", "X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.1.1.1,10.2.2.2"),
          new Case("auto", "192.0.2.7", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 192.0.2.7"),
          new Case("auto", "192.0.2.7", "x-forwarded-for: 192.0.2.7", "X-FORWARDED-FOR: 10.1.1.1"),
          new Case("auto", "10.0.0.1", "X-Forwarded-For: 10.0.0.1, 10.0.0.2"),
          new Case("auto", "10.0.0.2", "X-Forwarded-For: 6.6.6.6, unknown, 10.0.0.2"),
          new Case("auto", "10.0.0.2", "X-Forwarded-For: 6.6.6.6, , 10.0.0.2"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: 6.6.6.6, garbage"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: 6.6.6.6, localhost"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: "),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: 1.2.3"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: 1.2.3.4.5"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: fe80::1%eth0"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: [2001:db8::7"),
          new Case("auto", "127.0.0.1", "X-Forwarded-For: [2001:db8::7]x"),
          new Case("auto", "192.0.2.7", "X-Forwarded-For: 192.0.2.7:5000"),
          new Case("auto", "2001:db8:0:0:0:0:0:7", "X-Forwarded-For: 2001:db8::7"),
          new Case("auto", "2001:db8:0:0:0:0:0:7", "X-Forwarded-For: [2001:db8::7]"),
          new Case(
              "auto",
              "2001:db8:0:0:0:0:0:7",
              "X-Forwarded-For: [2001:db8::7]:5000, 2001:db8:1::1, [2001:db8:1::2]:80"),
          // Forwarded, the same way.
          new Case("auto", "192.0.2.7", "Forwarded: for=192.0.2.7"),
          new Case("auto", "192.0.2.7", "Forwarded: For=\"192.0.2.7:5000\";proto=https;by=_a"),
          new Case("auto", "192.0.2.7", "Forwarded: for=6.6.6.6, proto=http;for=192.0.2.7"),
          new Case("auto", "192.0.2.7", "Forwarded: for=192.0.2.7", "Forwarded: for=10.1.1.1"),
          new Case("auto", "2001:db8:0:0:0:0:0:7", "Forwarded: for=\"[2001:db8::7]:5000\""),
          new Case("auto", "2001:db8:0:0:0:0:0:7", "Forwarded: for=\"[2001:db8::7]\""),
          new Case("auto", "127.0.0.1", "Forwarded: for=_hidden"),
          new Case("auto", "127.0.0.1", "Forwarded: for=unknown"),
          new Case("auto", "10.1.1.1", "Forwarded: for=6.6.6.6, for=\"_x, for=\", for=10.1.1.1"),
          new Case("auto", "192.0.2.7", "Forwarded: for=\", for=192.0.2.7"),
          new Case("auto", "192.0.2.7", "Forwarded: for=\"\\, for=192.0.2.7"),
          new Case(
              "auto", "2001:db8:0:0:0:0:0:7", "Forwarded: for=\"6.6.6.6, for=\"[2001:db8::7]\""),
          new Case("auto", "127.0.0.1", "Forwarded: by=192.0.2.7"),
          // Both.
          new Case("auto", "192.0.2.7", "Forwarded: for=192.0.2.7", "X-Forwarded-For: 192.0.2.7"),
          new Case("standard", "192.0.2.7", "Forwarded: for=192.0.2.7", "X-Forwarded-For: 6.6.6.6"),
          new Case("standard", "127.0.0.1", "X-Forwarded-For: 6.6.6.6"),
          new Case("usual", "192.0.2.7", "Forwarded: for=6.6.6.6", "X-Forwarded-For: 192.0.2.7"),
          new Case("usual", "127.0.0.1", "Forwarded: for=6.6.6.6"));

  @Test
  void walksBackFromTheNearestProxyToTheFirstThatIsNotTrusted() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateway(origin)) {
      for (int i = 0; i < CASES.size(); i++) {
        Case one = CASES.get(i);
        try (var client = RawClient.connect(gateway.port(one.listener()))) {
          assertThat(ask(client, "/" + i, one.fields()).status()).isEqualTo(200);
        }
      }
    }
    List<String> expected = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    List<String> lines = Files.readAllLines(log());
    for (int i = 0; i < CASES.size(); i++) {
      String said = String.join(", ", CASES.get(i).fields()) + " is from ";
      expected.add(said + CASES.get(i).caller());
      seen.add(said + Json.object(lines.get(i)).get("client"));
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void refusesARequestInWhichTheTwoFieldsNameDifferentCallers() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateway(origin);
        var client = RawClient.connect(gateway.port("auto"))) {
      for (String spoofed : List.of("for=6.6.6.6", "for=_x", "for=10.0.0.1", "")) {
        RawResponse refusal =
            ask(client, "/", "Forwarded: " + spoofed, "X-Forwarded-For: 192.0.2.7");
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.text()).contains("\"reason\":\"forwarded.ambiguous\"");
      }
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void takesTheSchemeFromTheHopThatIsBelieved() throws Exception {
    String[][] cases = {
      {"http", "X-Forwarded-For: 192.0.2.7"},
      {"https", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https"},
      {"https", "X-Forwarded-Proto: HTTPS"},
      {"http", "X-Forwarded-For: 6.6.6.6, 192.0.2.7", "X-Forwarded-Proto: https, http"},
      {"https", "X-Forwarded-For: 192.0.2.7, 10.0.0.1", "X-Forwarded-Proto: https, http"},
      {"http", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: gopher"},
      {"https", "Forwarded: for=192.0.2.7;proto=https, for=10.0.0.1;proto=http"},
      {"http", "Forwarded: for=6.6.6.6;proto=https, for=192.0.2.7;proto=http"},
      {"http", "Forwarded: for=192.0.2.7", "X-Forwarded-Proto: https"},
    };
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateway(origin);
        var client = RawClient.connect(gateway.port("auto"))) {
      for (String[] one : cases) {
        ask(client, "/", Arrays.copyOfRange(one, 1, one.length));
        assertThat(origin.lastRequest().headers("x-forwarded-proto"))
            .as(Arrays.toString(one))
            .containsExactly(one[0]);
      }
    }
  }

  @Test
  void tellsTheUpstreamTheWholeWayAndReplacesWhatAStrangerSaid() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "x"));
        var gateway = gateway(origin)) {
      String[] said = {"Forwarded: for=192.0.2.7", "X-Forwarded-For: 192.0.2.7, 10.0.0.1"};
      try (var proxy = RawClient.connect(gateway.port("usual"))) {
        ask(proxy, "/", said);
        var request = origin.lastRequest();
        assertThat(request.headers("forwarded"))
            .containsExactly("for=192.0.2.7", "for=127.0.0.1;proto=http");
        assertThat(request.headers("x-forwarded-for"))
            .containsExactly("192.0.2.7, 10.0.0.1", "127.0.0.1");
      }
      try (var stranger = RawClient.connect(Dial.port(gateway.port("usual")).from("127.0.0.2"))) {
        ask(stranger, "/", said);
        var request = origin.lastRequest();
        assertThat(request.headers("forwarded")).isEmpty();
        assertThat(request.headers("x-forwarded-for")).containsExactly("127.0.0.2");
      }
    }
    assertThat(Files.readAllLines(log()))
        .extracting(line -> Json.object(line).get("client"))
        .containsExactly("192.0.2.7", "127.0.0.2");
  }

  private GatewayUnderTest gateway(ScriptedOrigin origin) {
    return new Gateways("nio").start(CONFIG.formatted(origin.url(), log()));
  }

  private Path log() {
    return folder.resolve("access.log");
  }

  private static RawResponse ask(RawClient client, String path, String... fields) throws Exception {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: x\r\n");
    for (String field : fields) {
      request.append(field).append("\r\n");
    }
    return client.send(request.append("\r\n").toString()).readResponse();
  }
}
