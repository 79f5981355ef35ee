package dev.headgate.cli;

import dev.headgate.config.Allowance.Period;
import dev.headgate.config.Consumer;
import dev.headgate.ledger.QuotaBook;
import dev.headgate.plan.Meters;
import dev.headgate.plan.PlanQuota;
import dev.headgate.plan.Plans;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands that change a quota have in common: a mixin. */
final class QuotaChange {
  @Mixin private final LedgerChoice choice = new LedgerChoice();

  @Parameters(index = "0", paramLabel = "CONSUMER", description = "Whose quota.")
  private String consumer;

  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      description = "hour, day or month, if the plan has several.")
  private @Nullable Period period;

  @Option(
      names = "--why",
      paramLabel = "TEXT",
      required = true,
      description = "The reason, for the audit.")
  private String why;

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who decided it, for the audit, beside the user of this machine.")
  private @Nullable String by;

  /** What is done. */
  interface Act {
    QuotaBook.Use on(QuotaBook book, PlanQuota quota, QuotaBook.Reason reason) throws SQLException;
  }

  /** Does it, and prints what came of it. */
  int change(Terminal terminal, Map<String, String> environment, Clock clock, Act act)
      throws IOException, SQLException {
    String user = System.getProperty("user.name", "unknown");
    QuotaBook.Reason reason = new QuotaBook.Reason(by == null ? user : by + " (" + user + ")", why);
    try (LedgerChoice.Opened ledger = choice.open(environment)) {
      PlanQuota quota = quota(ledger, clock);
      QuotaBook.Use use = act.on(new QuotaBook(ledger.connection(), clock), quota, reason);
      Table table =
          new Table("CONSUMER", "PLAN", "PERIOD", "USED", "LIMIT", "GRANTED", "LEFT", "UNTIL");
      table.add(QuotaShowCommand.row(quota, use));
      table.print(terminal);
    }
    return ExitCode.OK;
  }

  private PlanQuota quota(LedgerChoice.Opened ledger, Clock clock) throws IOException {
    Consumer config = ledger.config().consumers().get(consumer);
    if (config == null) {
      throw new IOException("no consumer is named " + consumer);
    }
    List<PlanQuota> quotas =
        Plans.of(ledger.config(), new Meters()).quotas(consumer, config, clock.millis()).stream()
            .filter(quota -> period == null || quota.key().period() == period)
            .toList();
    if (quotas.size() != 1) {
      throw new IOException(
          quotas.isEmpty()
              ? consumer + " has no such quota"
              : consumer + " has several quotas; '--period' says which is meant");
    }
    return quotas.getFirst();
  }
}
