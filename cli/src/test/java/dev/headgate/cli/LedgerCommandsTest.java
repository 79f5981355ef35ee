package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Money;
import dev.headgate.ledger.LedgerStore;
import dev.headgate.ledger.UsageRow;
import dev.headgate.plan.UsageLine;
import dev.headgate.plan.UsageLine.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that work on a ledger, which lies beside the configuration. */
final class LedgerCommandsTest {
  private static final String CONFIG =
      """
      listeners: { main: { address: "127.0.0.1:0" } }
      upstreams: { o: { endpoints: ["http://127.0.0.1:1"] } }
      policies: { keys: { apiKey: {} } }
      routes: { orders: { match: { path: /orders }, auth: keys, to: o } }
      plans: { gold: { quota: { requests: [10/day, 100/month] }, price: { perRequest: "0.0004 EUR" } } }
      products: { orders: { routes: [orders] } }
      consumers:
        acme:
          plan: gold
          products: [orders]
          credentials: [{ apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae } }]
      """;

  @TempDir private Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("headgate.yaml"), CONFIG);
  }

  private int run(String... words) {
    out = new StringWriter();
    err = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false);
    int code = Headgate.execute(terminal, Map.of(), words);
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  private void ledger(UsageRow... rows) throws Exception {
    LedgerStore store = new LedgerStore.File(folder.resolve("data/ledger.db"));
    try (Connection connection = store.open();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO headgate_usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (UsageRow row : rows) {
        insert.setString(1, row.id());
        insert.setLong(2, row.hour());
        insert.setLong(3, row.booked());
        insert.setString(4, row.line().consumer());
        insert.setString(5, row.line().product());
        insert.setString(6, row.line().plan());
        insert.setString(7, row.line().kind().word());
        insert.setString(8, String.valueOf(row.line().price()));
        insert.setLong(9, row.requests());
        insert.executeUpdate();
      }
      connection.commit();
    }
  }

  private static UsageRow row(String hour, String consumer, long requests) {
    long number = Duration.between(Instant.EPOCH, Instant.parse(hour)).toHours();
    return new UsageRow(
        hour + consumer,
        number,
        number,
        new UsageLine(consumer, "orders", "gold", Kind.REQUESTS, Money.parse("0.0004 EUR")),
        requests);
  }

  @Test
  void usageIsATableWithBarsAndWhatIsToPay() throws Exception {
    ledger(
        row("2026-10-01T00:00:00Z", "acme", 10),
        row("2026-10-01T07:00:00Z", "acme", 110),
        row("2026-10-31T23:00:00Z", "acme", 30),
        row("2026-11-01T00:00:00Z", "acme", 999));
    String config = file.toString();
    assertThat(run("usage", "--config", config, "--from", "2026-10-01", "--to", "2026-11-01"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("DAY         CONSUMER  PRODUCT  PLAN  KIND      REQUESTS  PRICE       AMOUNT")
        .contains(
            "2026-10-01  acme      orders   gold  requests  120       0.0004 EUR  0.048 EUR  ████")
        .contains(
            "2026-10-31  acme      orders   gold  requests  30        0.0004 EUR  0.012 EUR  ██████\n")
        .contains("to pay: 0.06 EUR")
        .doesNotContain("999");
    assertThat(
            run(
                "usage",
                "--config",
                config,
                "--from",
                "2026-10-01",
                "--to",
                "2026-11-01",
                "--by",
                "total"))
        .isZero();
    assertThat(out.toString()).contains("150       0.0004 EUR  0.06 EUR").hasLineCount(4);
  }

  @Test
  void exportsHoldOnlyWhatCannotGrow() throws Exception {
    ledger(
        row("2026-10-01T00:00:00Z", "acme", 10),
        row("2026-10-01T00:00:00Z", "other", 11),
        row("2999-01-01T00:00:00Z", "acme", 12));
    for (String format : new String[] {"csv", "jsonl", "cloudevents"}) {
      assertThat(
              run(
                  "usage",
                  "--config",
                  file.toString(),
                  "--format",
                  format,
                  "--consumer",
                  "acme",
                  "--from",
                  "2026-10-01",
                  "--to",
                  "2999-02-01"))
          .isZero();
      assertThat(out.toString().lines()).hasSize(format.equals("csv") ? 2 : 1);
      assertThat(out.toString())
          .contains(row("2026-10-01T00:00:00Z", "acme", 10).id())
          .doesNotContain("other", "2999");
    }
  }

  @Test
  void quotasAreGrantedAndResetWithAReason() throws Exception {
    ledger();
    String config = file.toString();
    assertThat(run("quota", "grant", "acme", "5", "--config", config)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--why");
    assertThat(run("quota", "grant", "acme", "5", "--why", "launch", "--config", config))
        .isEqualTo(ExitCode.PROBLEMS);
    assertThat(err.toString()).contains("'--period' says which is meant");
    assertThat(
            run(
                "quota",
                "grant",
                "acme",
                "5",
                "--period",
                "month",
                "--why",
                "launch",
                "--by",
                "sales",
                "--config",
                config))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("acme      gold  month   0     100    5        105");
    assertThat(run("quota", "show", "--config", config)).isZero();
    assertThat(out.toString())
        .contains("acme      gold  day     0     10     0        10")
        .contains("acme      gold  month   0     100    5        105");
    assertThat(run("quota", "reset", "acme", "--period", "day", "--why", "x", "--config", config))
        .isZero();
    assertThat(run("quota", "show", "acme", "--audit", "--config", config)).isZero();
    assertThat(out.toString()).contains("reset", "grant", "sales (", "launch");
    assertThat(run("quota", "grant", "acme", "0", "--why", "x", "--config", config))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("quota", "grant", "nobody", "1", "--why", "x", "--config", config))
        .isEqualTo(ExitCode.PROBLEMS);
  }

  @Test
  void explainShowsThePlanAndItsNumbers() {
    assertThat(run("explain", file.toString(), "GET", "http://a/orders", "-H", "X-API-Key: foo"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("product:orders lets it go on")
        .contains("counted for the plan gold: 0.0004 EUR for each request")
        .contains("quota 10/day: 1 used with this request, as far as is known here, until ");
    assertThat(folder.resolve("data")).as("nothing is opened").doesNotExist();
  }

  @Test
  void explainShowsTheLimitsOfThePlan() throws IOException {
    Files.writeString(file, CONFIG.replace("quota: {", "limits: [{ rate: 7/s }], quota: {"));
    run("explain", file.toString(), "GET", "http://a/orders", "-H", "X-API-Key: foo");
    assertThat(out.toString())
        .contains("gold:7/s has room for 6 more of 7")
        .contains("limits:orders lets it go on");
  }

  @Test
  void explainSaysWhoHasNotSubscribed() throws IOException {
    Files.writeString(file, CONFIG.replace("    products: [orders]\n", ""));
    run("explain", file.toString(), "GET", "http://a/orders", "-H", "X-API-Key: foo");
    assertThat(out.toString()).contains("403", "product.not_subscribed");
  }

  @Test
  void saysThatThereIsNoLedger() throws Exception {
    assertThat(run("usage", "--config", file.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(err.toString()).contains("there is no ledger yet");
    assertThat(folder.resolve("data")).doesNotExist();
    Path off = Files.writeString(folder.resolve("off.yaml"), CONFIG + "ledger: { store: off }\n");
    assertThat(run("quota", "show", "--config", off.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(err.toString()).contains("keeps no ledger");
  }
}
