package dev.headgate.cli;

import dev.headgate.config.Consumer;
import dev.headgate.ledger.QuotaBook;
import dev.headgate.plan.Meters;
import dev.headgate.plan.PlanQuota;
import dev.headgate.plan.Plans;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = {
      "Shows what consumers have used of their quotas in the period that is now, from the ledger;"
          + " what was used in the last second or so may be missing."
    },
    footer = {
      "",
      "Examples:",
      "  headgate quota show",
      "  headgate quota show acme",
      "  headgate quota show --audit       who has granted or reset what, and why"
    })
final class QuotaShowCommand implements Callable<Integer> {
  private static final int ENTRIES = 100;

  private final Terminal terminal;
  private final Map<String, String> environment;
  private final Clock clock;

  @Mixin private final LedgerChoice choice = new LedgerChoice();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CONSUMER",
      description = "Only this one's.")
  private @Nullable String consumer;

  @Option(names = "--audit", description = "Shows the last changes instead.")
  private boolean audit;

  QuotaShowCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
    this.terminal = terminal;
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    try (LedgerChoice.Opened ledger = choice.open(environment)) {
      QuotaBook book = new QuotaBook(ledger.connection(), clock);
      (audit ? changes(book) : quotas(ledger, book)).print(terminal);
    }
    return ExitCode.OK;
  }

  private Table changes(QuotaBook book) throws SQLException {
    Table table = new Table("AT", "WHO", "WHAT", "CONSUMER", "PLAN", "PERIOD", "AMOUNT", "WHY");
    for (QuotaBook.Entry entry : book.audit(ENTRIES)) {
      if (consumer == null || consumer.equals(entry.key().consumer())) {
        table.add(
            List.of(
                entry.at().toString(),
                entry.who(),
                entry.what(),
                entry.key().consumer(),
                entry.key().plan(),
                entry.key().period() + " of " + entry.key().begins(),
                Long.toString(entry.amount()),
                entry.why()));
      }
    }
    return table;
  }

  private Table quotas(LedgerChoice.Opened ledger, QuotaBook book)
      throws SQLException, IOException {
    Map<String, Consumer> consumers = ledger.config().consumers();
    if (consumer != null && !consumers.containsKey(consumer)) {
      throw new IOException("no consumer is named " + consumer);
    }
    Plans plans = Plans.of(ledger.config(), new Meters());
    Table table =
        new Table("CONSUMER", "PLAN", "PERIOD", "USED", "LIMIT", "GRANTED", "LEFT", "UNTIL");
    for (Map.Entry<String, Consumer> one : consumers.entrySet()) {
      if (consumer == null || consumer.equals(one.getKey())) {
        for (PlanQuota quota : plans.quotas(one.getKey(), one.getValue(), clock.millis())) {
          table.add(row(quota, book.use(quota.key())));
        }
      }
    }
    return table;
  }

  static List<String> row(PlanQuota quota, QuotaBook.Use use) {
    return List.of(
        quota.key().consumer(),
        quota.key().plan(),
        quota.key().period().word(),
        Long.toString(use.used()),
        Long.toString(quota.limit()),
        Long.toString(use.granted()),
        Long.toString(Math.max(0, quota.limit() + use.granted() - use.used())),
        Instant.ofEpochMilli(quota.key().time().endMillis()).toString());
  }
}
