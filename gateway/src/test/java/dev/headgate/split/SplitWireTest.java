package dev.headgate.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class SplitWireTest {
  @Parameter private Gateways gateways;

  private ScriptedOrigin blue;
  private ScriptedOrigin green;

  @BeforeEach
  void start() {
    blue = ScriptedOrigin.start(exchange -> exchange.respond(200, "blue"));
    green = ScriptedOrigin.start(exchange -> exchange.respond(200, "green"));
  }

  @AfterEach
  void stop() throws Exception {
    blue.close();
    green.close();
  }

  private String config(int blueWeight, int greenWeight, String split) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams:
      v1: { endpoints: ["%s"] }
      v2: { endpoints: ["%s"] }
    routes:
      all:
        match: { path: /** }
        auth: public
        to: [{ upstream: v1, weight: %d, side: blue }, { upstream: v2, weight: %d, side: green }]
        split: %s
        headers: { request: { remove: x-canary } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(blue.url(), green.url(), blueWeight, greenWeight, split);
  }

  private static String get(RawClient client, String field) throws Exception {
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
    return client.readResponse().text();
  }

  private static List<String> sides(RawClient client, String field) throws Exception {
    List<String> sides = new ArrayList<>();
    for (int user = 0; user < 200; user++) {
      sides.add(get(client, field + user));
    }
    return sides;
  }

  @Test
  void aCallerStaysOnItsSideAndAChangeOfWeightsMovesOnlyWhoItMust() throws Exception {
    for (String[] by : new String[][] {{"header:X-User", "X-User: "}, {"cookie:u", "Cookie: u="}}) {
      try (var gateway = gateways.start(config(80, 20, "{ stick: " + by[0] + " }"));
          RawClient client = gateway.connect()) {
        List<String> before = sides(client, by[1]);
        assertThat(before).contains("blue", "green");
        assertThat(sides(client, by[1])).isEqualTo(before);

        gateway.apply(config(60, 40, "{ stick: " + by[0] + " }"));
        List<String> after = sides(client, by[1]);
        for (int i = 0; i < before.size(); i++) {
          assertThat(before.get(i).equals("green") && after.get(i).equals("blue")).isFalse();
        }
        assertThat(after.stream().filter("green"::equals).count())
            .isGreaterThan(before.stream().filter("green"::equals).count());
      }
    }
  }

  @Test
  void whoComesFromOnePlaceIsOneCaller() throws Exception {
    try (var gateway = gateways.start(config(50, 50, "{ stick: client }"));
        RawClient client = gateway.connect()) {
      assertThat(sides(client, "X-User: ").stream().distinct().count()).isEqualTo(1);
    }
  }

  @Test
  void aTesterIsSentToTheSideThatItNames() throws Exception {
    String force =
        "{ force: { by: header:X-Canary, values: { please: green }, when:"
            + " \"request.headers['x-tester'] == 'yes'\" } }";
    try (var gateway = gateways.start(config(1, 0, force));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "X-Canary: please\r\nX-Tester: yes")).isEqualTo("green");
      assertThat(get(client, "X-Canary: please\r\nX-Tester: no")).isEqualTo("blue");
      assertThat(get(client, "X-Canary: please")).isEqualTo("blue");
      assertThat(get(client, "X-Canary: green\r\nX-Tester: yes")).isEqualTo("blue");
      assertThat(green.requests().getFirst().header("x-canary")).isNull();
    }
  }

  @Test
  void theActiveSideTakesAllButTheForced() throws Exception {
    String split = "{ active: %s, force: { by: cookie:side, when: true } }";
    try (var gateway = gateways.start(config(50, 50, split.formatted("blue")));
        RawClient client = gateway.connect()) {
      assertThat(sides(client, "X-User: ")).containsOnly("blue");
      assertThat(get(client, "Cookie: side=green")).isEqualTo("green");

      gateway.apply(config(50, 50, split.formatted("green")));
      assertThat(sides(client, "X-User: ")).containsOnly("green");
      assertThat(get(client, "Cookie: side=blue")).isEqualTo("blue");
      assertThat(get(client, "Cookie: side=red")).isEqualTo("green");
    }
  }
}
