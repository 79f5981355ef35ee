package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for users names each metric and each field, and none that is not there. */
class DocumentedTest {
  private static final Path PAGE = Path.of("../docs/telemetry.md");

  @TempDir Path directory;
  private String page = "";

  @BeforeEach
  void readPage() throws IOException {
    page = Files.readString(PAGE);
  }

  @Test
  void listsTheMetricsThatAScrapeShows() {
    try (Node node = Node.withoutLog()) {
      everything(node);
      List<String> shown = new ArrayList<>();
      for (String line : node.scrape()) {
        if (line.startsWith("# TYPE headgate_")) {
          shown.add(line.split(" ", -1)[2]);
        }
      }
      assertThat(shown).doesNotHaveDuplicates();
      assertThat(names(page, "`(headgate_[a-z_]+)`")).containsExactlyInAnyOrderElementsOf(shown);
    }
  }

  @Test
  void listsTheFieldsOfALine() throws IOException {
    Path file = directory.resolve("access.log");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      everything(node);
    }
    List<String> rows =
        page.lines().filter(line -> line.startsWith("| `") && !line.contains("headgate_")).toList();
    List<String> documented = new ArrayList<>();
    for (String row : rows) {
      documented.addAll(names(row.substring(0, row.indexOf('|', 1)), "`([a-z_]+)`"));
    }
    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            Json.object(Files.readAllLines(file).getFirst()).keySet());
  }

  private static TreeSet<String> names(String text, String pattern) {
    TreeSet<String> names = new TreeSet<>();
    Pattern.compile(pattern).matcher(text).results().map(DocumentedTest::name).forEach(names::add);
    return names;
  }

  private static String name(MatchResult match) {
    return match.group(1);
  }

  private static void everything(Node node) {
    Exchange exchange = Requests.proxied(node.loop, Duration.ofMillis(3));
    exchange.path("/", "a=b");
    exchange.address(InetAddress.ofLiteral("203.0.113.9"));
    exchange.requestHeaders().add(HeaderName.USER_AGENT, "curl/8.0");
    node.recorder.fellBack(exchange, "open", false);
    exchange.retried();
    exchange.hedge("won");
    Consumer acme = new Consumer(List.of(), List.of(), Map.of());
    exchange.identity(
        new Identity("keys", "acme-1", new KnownConsumer("acme", acme), List.of(), Map.of()));
    exchange.wouldDeny("partners-only", "authorize.group");
    exchange.failure(Failure.gateway(Stage.RESPOND, 500, "some.reason", "some detail"));
    node.recorder.record(exchange);
    node.recorder.ejected("orders", "consecutive_5xx");
    node.recorder.probed("orders", true);
    node.recorder.retried("orders", "503");
    node.recorder.bodyNotKept("orders", "no_memory");
    node.recorder.hedged("orders", "won");
    node.recorder.mirrored("orders", "same_status");
    node.recorder.mirroredBodies("orders", "same");
    node.recorder.shed("sheddable", "loop_lag");
    node.recorder.upstream("orders").queued();
    node.recorder.upstream("orders").queueLeft(1_000_000);
    node.recorder.upstream("orders").refused(false);
    node.recorder.callouts("idp").started();
    node.recorder.callouts("idp").answered(200, 1_000_000);
    node.recorder.store("shared").answered(1_000_000);
    node.recorder.limit("burst").within();
    node.recorder.listener("public").connectionRefused("connections.limit");
    node.recorder.listener("public").handshakeFailed("no_common_version");
  }
}
