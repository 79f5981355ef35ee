package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.UnreachablePort;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** One of several endpoints fails, in each of the ways in which endpoints do. */
@OnEveryTransport
class OutlierWireTest {
  private static final String FOR_LONG = "outlierDetection: { ejection: 10m, maxEjection: 10m }";

  @Parameter private Gateways gateways;

  private static String yaml(String rules, String routes, String... urls) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams:
      o:
        endpoints: ["%s"]
        timeouts: { response: 200ms }
        retry: { attempts: 1 }
        %s
    routes:
      all: { match: { path: /** }, auth: public, to: o }
      %s
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(String.join("\", \"", urls), rules, routes);
  }

  private GatewayUnderTest gateway(String rules, String... urls) {
    return gateways.start(yaml(rules, "", urls));
  }

  private static ScriptedOrigin good() {
    return ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  private static int get(RawClient client, String path) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.readResponse().status();
  }

  private static List<Integer> get(RawClient client, int times) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      statuses.add(get(client, "/x"));
    }
    return statuses;
  }

  private static String endpoints(String state) {
    return "headgate_upstream_endpoints{state=\"" + state + "\",upstream=\"o\"}";
  }

  /** Sends requests beside an endpoint that fails, and counts what callers notice of it. */
  private void failsSoOften(String url, int status, int times) throws Exception {
    try (var second = good();
        var third = good();
        var gateway = gateway(FOR_LONG, url, second.url(), third.url());
        RawClient client = gateway.connect()) {
      List<Integer> statuses = get(client, 40);

      assertThat(statuses.stream().filter(one -> one == status)).hasSize(times);
      assertThat(statuses.stream().filter(one -> one == 200)).hasSize(40 - times);
      assertThat(second.requests().size() + third.requests().size()).isEqualTo(40 - times);
      assertThat(gateway.metric(endpoints("serving"))).isEqualTo(2);
      assertThat(gateway.metric(endpoints("ejected"))).isEqualTo(1);
      String reason = times == 5 ? "consecutive_5xx" : "consecutive_gateway_errors";
      gateway.awaitMetric(
          "headgate_upstream_ejections_total{reason=\"" + reason + "\",upstream=\"o\"}", 1);
    }
  }

  @Test
  void fiveCallersNoticeAnEndpointThatAnswersWith500() throws Exception {
    try (var bad = ScriptedOrigin.start(exchange -> exchange.respond(500, "out"))) {
      failsSoOften(bad.url(), 500, 5);
      assertThat(bad.requests()).hasSize(5);
    }
  }

  @Test
  void threeNoticeOneThatAnswersWith503() throws Exception {
    try (var bad = ScriptedOrigin.start(exchange -> exchange.respond(503, "out"))) {
      failsSoOften(bad.url(), 503, 3);
    }
  }

  @Test
  void threeNoticeOneThatRefusesConnections() throws Exception {
    try (var port = UnreachablePort.refusing()) {
      failsSoOften("http://127.0.0.1:" + port.port(), 502, 3);
    }
  }

  @Test
  void threeNoticeOneThatHangs() throws Exception {
    Gate gate = new Gate();
    try (var bad =
        ScriptedOrigin.start(exchange -> {
          gate.await();
          exchange.respond(200, "late");
        })) {
      failsSoOften(bad.url(), 504, 3);
      gate.open();
    }
  }

  @Test
  void threeNoticeOneThatResetsItsConnections() throws Exception {
    try (var bad = ScriptedOrigin.start(exchange -> exchange.reset())) {
      failsSoOften(bad.url(), 502, 3);
    }
  }

  @Test
  void threeNoticeOneThatAnswersRubbish() throws Exception {
    try (var bad =
        ScriptedOrigin.start(exchange -> {
          exchange.send("SSH-2.0-OpenSSH\r\n\r\n");
          exchange.close();
        })) {
      failsSoOften(bad.url(), 502, 3);
    }
  }

  @Test
  void nobodyNoticesOneThatRefusesConnectionsWhereRequestsAreSentAgain() throws Exception {
    try (var port = UnreachablePort.refusing();
        var second = good();
        var third = good();
        var gateway =
            gateways.start(
                yaml(FOR_LONG, "", "http://127.0.0.1:" + port.port(), second.url(), third.url())
                    .replace("attempts: 1", "attempts: 2"));
        RawClient client = gateway.connect()) {
      assertThat(get(client, 40)).containsOnly(200);
      gateway.awaitMetric(
          "headgate_upstream_retries_total{reason=\"connect_failure\",upstream=\"o\"}", 3);
    }
  }

  @Test
  void anEndpointThatIsWellAgainComesBackByItself() throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    try (var first =
            ScriptedOrigin.start(exchange -> exchange.respond(well.get() ? 200 : 500, "in"));
        var second = good();
        var gateway = gateway("outlierDetection: { ejection: 100ms }", first.url(), second.url());
        RawClient client = gateway.connect()) {
      while (gateway.metric(endpoints("ejected")) == 0) {
        get(client, 1);
      }
      well.set(true);
      while (gateway.metric(endpoints("ejected")) == 1) {
        assertThat(get(client, 1)).containsExactly(200);
      }
      int before = first.requests().size();
      assertThat(get(client, 20)).containsOnly(200);
      assertThat(first.requests().size() - before).isEqualTo(10);
    }
  }

  @Test
  void nobodyIsRefusedBecauseAllEndpointsAreBad() throws Exception {
    ScriptedOrigin.Script script = exchange -> exchange.respond(500, "out");
    try (var first = ScriptedOrigin.start(script);
        var second = ScriptedOrigin.start(script);
        var third = ScriptedOrigin.start(script);
        var gateway = gateway(FOR_LONG, first.url(), second.url(), third.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client, 60)).containsOnly(500);
      for (ScriptedOrigin origin : List.of(first, second, third)) {
        assertThat(origin.requests()).as("each is still asked").hasSize(20);
      }
    }
  }

  @Test
  void whenAllOfTheFirstPriorityFailTheNextTakesOver() throws Exception {
    ScriptedOrigin.Script fails = exchange -> exchange.respond(503, "out");
    try (var first = ScriptedOrigin.start(fails);
        var second = ScriptedOrigin.start(fails);
        var third = good();
        var fourth = good();
        var gateway =
            gateways.start(
                yaml(FOR_LONG, "", "1", "2", "3", "4")
                    .replace(
                        "\"1\", \"2\", \"3\", \"4\"",
                        "\"%s\", \"%s\", { url: \"%s\", priority: 1 }, { url: \"%s\", priority: 1 }"
                            .formatted(first.url(), second.url(), third.url(), fourth.url())));
        RawClient client = gateway.connect()) {
      List<Integer> statuses = get(client, 60);

      assertThat(first.requests()).hasSizeLessThanOrEqualTo(12);
      assertThat(second.requests()).hasSizeLessThanOrEqualTo(12);
      assertThat(statuses.subList(30, 60)).containsOnly(200);
      assertThat(third.requests()).hasSizeGreaterThan(15);
    }
  }

  @Test
  void whatIsKnownSurvivesAReloadThatLeavesTheUpstreamAsItIs() throws Exception {
    try (var bad = ScriptedOrigin.start(exchange -> exchange.respond(500, "out"));
        var second = good();
        var gateway = gateway(FOR_LONG, bad.url(), second.url());
        RawClient client = gateway.connect()) {
      get(client, 10);
      assertThat(gateway.metric(endpoints("ejected"))).isEqualTo(1);

      String more = "hi: { match: { path: /hi }, auth: public, respond: { status: 200 } }";
      gateway.apply(yaml(FOR_LONG, more, bad.url(), second.url()));
      assertThat(get(client, "/hi")).isEqualTo(200);
      assertThat(get(client, 10)).containsOnly(200);
      assertThat(bad.requests()).hasSize(5);

      gateway.apply(yaml("outlierDetection: { maxEjected: 0% }", "", bad.url(), second.url()));
      assertThat(gateway.metric(endpoints("ejected"))).isEqualTo(0);
      assertThat(get(client, 20).stream().filter(status -> status == 500)).hasSize(10);
    }
  }

  @Test
  void anEndpointThatTakesAllTheTimeOfARouteFailsToo() throws Exception {
    Gate gate = new Gate();
    try (var bad =
            ScriptedOrigin.start(exchange -> {
              gate.await();
              exchange.respond(200, "late");
            });
        var second = good();
        var gateway =
            gateways.start(
                yaml(FOR_LONG, "", bad.url(), second.url())
                    .replace("response: 200ms", "response: 1h")
                    .replace("to: o }", "to: o, timeout: 200ms }"));
        RawClient client = gateway.connect()) {
      assertThat(get(client, 20).stream().filter(status -> status == 504)).hasSize(3);
      gate.open();
    }
  }
}
