package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLineTest {
  @TempDir Path directory;

  @Test
  void tellsWhatBecameOfARequest() {
    Map<String, String> line =
        line(node -> {
          Exchange exchange = Requests.proxied(node.loop, Duration.ofMillis(40));
          exchange.address(InetAddress.ofLiteral("203.0.113.9"));
          exchange.retried();
          exchange.addRequestBytes(12);
          node.recorder.record(exchange);
        });
    assertThat(line)
        .containsExactly(
            Map.entry("time", "2026-01-01T01:00:00.000Z"),
            Map.entry("request_id", "f00d"),
            Map.entry("client", "203.0.113.9"),
            Map.entry("peer", "127.0.0.1"),
            Map.entry("listener", "public"),
            Map.entry("method", "GET"),
            Map.entry("host", "api.example.com"),
            Map.entry("path", "/orders/7"),
            Map.entry("protocol", "HTTP/1.1"),
            Map.entry("tls", "TLSv1.3"),
            Map.entry("route", "orders"),
            Map.entry("status", "200"),
            Map.entry("request_bytes", "12"),
            Map.entry("response_bytes", "275"),
            Map.entry("duration_ms", "42.000"),
            Map.entry("upstream", "orders-v1"),
            Map.entry("endpoint", "10.0.0.1:8080"),
            Map.entry("upstream_ms", "40.000"),
            Map.entry("retries", "1"),
            Map.entry("revision", "7"),
            Map.entry("trace_id", "00000000000000000000000000000abc"));
  }

  @Test
  void tellsWhoFailedWhereAndWhy() {
    Map<String, String> line =
        line(node -> {
          Exchange exchange = Requests.begun(node.loop, "/", new Headers());
          exchange.status(503);
          exchange.failure(
              Failure.gateway(Stage.ADMIT, 503, "overload.shed", "queue of 3 is \"full\""));
          node.recorder.record(exchange);
        });
    assertThat(line)
        .containsEntry("failed_by", "gateway")
        .containsEntry("stage", "admit")
        .containsEntry("reason", "overload.shed")
        .containsEntry("detail", "queue of 3 is \"full\"")
        .doesNotContainKeys("route", "upstream", "endpoint", "upstream_ms", "peer", "user_agent");
  }

  @Test
  void showsTheStartOfARequestThatIsRecordedLater() {
    Map<String, String> line =
        line(node -> {
          Exchange exchange = Requests.proxied(node.loop, Duration.ofMillis(1500));
          node.loop.advance(Duration.ofSeconds(3));
          node.recorder.record(exchange);
        });
    assertThat(line)
        .containsEntry("time", "2026-01-01T01:00:00.000Z")
        .containsEntry("duration_ms", "1502.000");
  }

  @Test
  void showsNoHeaderButTheUserAgent() {
    Map<String, String> line =
        line(node -> {
          Headers headers = new Headers();
          headers.add(HeaderName.AUTHORIZATION, "Bearer hunter2");
          headers.add(HeaderName.COOKIE, "session=hunter2");
          headers.add("X-Api-Key", "hunter2");
          headers.add(HeaderName.USER_AGENT, "curl/8.0 (\u00e4)");
          Exchange exchange = Requests.begun(node.loop, "/?api_key=hunter2&a=b", headers);
          exchange.responseHeaders().add("Set-Cookie", "session=hunter2");
          node.recorder.record(exchange);
        });
    assertThat(line)
        .containsEntry("user_agent", "curl/8.0 (\u00e4)")
        .containsEntry("query", "api_key=***&a=b");
    assertThat(line.toString()).doesNotContain("hunter2");
  }

  @Test
  void letsNoCallerForgeALine() throws IOException {
    String forged = "x\"}\n{\"time\":\"now\",\"client\":\"evil\"}\r\n\u0085\u2028";
    List<String> lines =
        lines(node -> {
          Headers headers = new Headers();
          headers.add(HeaderName.USER_AGENT, "x\"}\r\n{\"client\":\"evil\"}");
          Exchange exchange = Requests.begun(node.loop, "/" + forged + "?" + forged, headers);
          exchange.requestId(forged);
          exchange.traceId(forged);
          exchange.host(forged);
          exchange.route(forged);
          exchange.upstream(forged);
          exchange.endpoint(forged);
          exchange.failure(Failure.client(Stage.READ, 400, forged, forged));
          node.recorder.record(exchange);
        });
    assertThat(lines).hasSize(1);
    assertThat(Json.object(lines.getFirst()))
        .containsEntry("path", "/" + forged)
        .containsEntry("host", forged)
        .containsEntry("reason", forged)
        .containsEntry("endpoint", forged);
  }

  @Test
  void isValidJsonWhateverIsInIt() throws IOException {
    Random random = new Random(1);
    List<String> lines =
        lines(node -> {
          for (int i = 0; i < 300; i++) {
            Exchange exchange =
                Requests.begun(node.loop, "/" + noise(random, 2500), headers(random));
            exchange.host(noise(random, 300));
            exchange.route(noise(random, 300));
            exchange.upstream(noise(random, 300));
            exchange.requestId(noise(random, 300));
            exchange.failure(
                Failure.client(Stage.READ, 400, noise(random, 300), noise(random, 800)));
            node.recorder.record(exchange);
          }
        });
    assertThat(lines).hasSize(300).allSatisfy(Json::object);
  }

  @Test
  void cutsWhatIsLongerThanItsBound() {
    Map<String, String> line =
        line(node -> {
          Headers headers = new Headers();
          headers.add(HeaderName.USER_AGENT, "u".repeat(1000));
          String path = "/" + "p".repeat(20_000) + "?" + "q".repeat(20_000);
          node.recorder.record(Requests.begun(node.loop, path, headers));
        });
    assertThat(line.get("path")).hasSize(2049).endsWith("p\u2026");
    assertThat(line.get("query")).hasSize(2049).endsWith("q\u2026");
    assertThat(line.get("user_agent")).hasSize(513).endsWith("u\u2026");
  }

  private static Headers headers(Random random) {
    Headers headers = new Headers();
    StringBuilder latin1 = new StringBuilder();
    noise(random, 700).chars().forEach(c -> latin1.append((char) (c & 0xff)));
    headers.add(HeaderName.USER_AGENT, latin1.toString());
    return headers;
  }

  private static String noise(Random random, int most) {
    int[] ceilings = {0x30, 0x80, 0x100, 0x3000, 0x10000};
    int ceiling = ceilings[random.nextInt(ceilings.length)];
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(most); n > 0; n--) {
      text.append((char) random.nextInt(ceiling));
    }
    return text.toString();
  }

  private Map<String, String> line(Consumer<Node> records) {
    try {
      List<String> lines = lines(records);
      assertThat(lines).hasSize(1);
      return Json.object(lines.getFirst());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> lines(Consumer<Node> records) throws IOException {
    Path file = directory.resolve("access.log");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      records.accept(node);
    }
    String all = Files.readString(file);
    assertThat(all).endsWith("\n");
    return List.of(all.substring(0, all.length() - 1).split("\n", -1));
  }
}
