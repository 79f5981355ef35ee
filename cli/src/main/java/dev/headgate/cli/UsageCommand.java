package dev.headgate.cli;

import dev.headgate.ledger.UsageExport;
import dev.headgate.ledger.UsageQuery;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "usage",
    description = {
      "Shows what consumers have used and what is to be paid for it, from the ledger.",
      "Exports (csv, jsonl, cloudevents) hold only records that cannot grow any more, some minutes"
          + " after their hour. A record has the same id in every export: whoever takes each id once"
          + " has each request once."
    },
    footer = {
      "",
      "Examples:",
      "  headgate usage                                      this month, by day",
      "  headgate usage --from 2026-11-01 --to 2026-12-01 --by total     an invoice",
      "  headgate usage --consumer acme --format csv > acme.csv"
    })
final class UsageCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;
  private final Clock clock;

  @Mixin private final LedgerChoice choice = new LedgerChoice();

  @Option(names = "--consumer", paramLabel = "NAME", description = "Only this consumer's.")
  private @Nullable String consumer;

  @Option(names = "--product", paramLabel = "NAME", description = "Only of this product.")
  private @Nullable String product;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "The first day, in the time zone of the ledger; the first of this month.")
  private @Nullable LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "DAY",
      description = "The first day that is not shown any more; tomorrow.")
  private @Nullable LocalDate to;

  @Option(
      names = "--by",
      paramLabel = "PERIOD",
      defaultValue = "day",
      description = "What a row of the table is for: hour, day, month or total; day.")
  private UsageTable.By by;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      defaultValue = "table",
      description = "table, csv, jsonl or cloudevents; table.")
  private String format;

  @Spec private CommandSpec spec;

  UsageCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
    this.terminal = terminal;
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    UsageExport.Format export = format.equals("table") ? null : export();
    Instant now = clock.instant();
    try (LedgerChoice.Opened ledger = choice.open(environment)) {
      ZoneId zone = ledger.config().ledger().zone();
      LocalDate today = now.atZone(zone).toLocalDate();
      LocalDate first = from == null ? today.withDayOfMonth(1) : from;
      LocalDate end = to == null ? today.plusDays(1) : to;
      UsageQuery query =
          new UsageQuery(
              consumer,
              product,
              first.atStartOfDay(zone).toInstant(),
              end.atStartOfDay(zone).toInstant());
      if (export != null) {
        UsageExport lines = new UsageExport(export, terminal.out());
        query.forEach(
            ledger.connection(),
            row -> {
              if (row.isFinal(now)) {
                lines.write(row);
              }
            });
      } else {
        UsageTable table = new UsageTable(by, zone);
        query.forEach(ledger.connection(), row -> table.add(row, row.isFinal(now)));
        table.print(terminal);
      }
    }
    return ExitCode.OK;
  }

  private UsageExport.Format export() {
    try {
      return UsageExport.Format.valueOf(format.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "'" + format + "' is none of table, csv, jsonl, cloudevents", e);
    }
  }
}
