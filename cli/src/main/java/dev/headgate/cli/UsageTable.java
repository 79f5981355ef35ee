package dev.headgate.cli;

import dev.headgate.config.Money;
import dev.headgate.ledger.Invoice;
import dev.headgate.ledger.UsageRow;
import dev.headgate.plan.UsageLine;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Usage as a table with a bar for each row, and what is to be paid for it. */
final class UsageTable {
  private static final int WIDEST = 24;
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  private final By by;
  private final ZoneId zone;
  private final Invoice invoice = new Invoice();
  private final Map<Row, Long> rows = new TreeMap<>();
  private boolean open;

  /** What one row of the table is for. */
  enum By {
    HOUR,
    DAY,
    MONTH,
    TOTAL
  }

  private record Row(String period, UsageLine line) implements Comparable<Row> {
    private String order() {
      return String.join(
          "\n",
          period,
          line.consumer(),
          line.product(),
          line.plan(),
          line.kind().name(),
          String.valueOf(line.price()));
    }

    @Override
    public int compareTo(Row other) {
      return order().compareTo(other.order());
    }
  }

  UsageTable(By by, ZoneId zone) {
    this.by = by;
    this.zone = zone;
  }

  /**
   * Adds a record.
   *
   * @param isFinal whether it cannot grow any more
   */
  void add(UsageRow row, boolean isFinal) {
    open |= !isFinal;
    invoice.add(row);
    rows.merge(new Row(period(row), row.line()), row.requests(), Math::addExact);
  }

  private String period(UsageRow row) {
    LocalDateTime begins = row.begins().atZone(zone).toLocalDateTime();
    return switch (by) {
      case HOUR -> HOUR.format(begins);
      case DAY -> begins.toLocalDate().toString();
      case MONTH -> begins.toLocalDate().toString().substring(0, "2026-12".length());
      case TOTAL -> "";
    };
  }

  void print(Terminal terminal) {
    if (rows.isEmpty()) {
      terminal.out().println("nothing was used");
      return;
    }
    long most = rows.values().stream().mapToLong(Long::longValue).max().orElse(1);
    Table table =
        new Table(
            by.name(), "CONSUMER", "PRODUCT", "PLAN", "KIND", "REQUESTS", "PRICE", "AMOUNT", "");
    rows.forEach((row, requests) -> table.add(cells(row, requests, most)));
    table.print(terminal);
    terminal.out().println();
    for (Money total : invoice.totals()) {
      terminal.out().println("to pay: " + total);
    }
    if (open) {
      terminal.out().println("the last hours are still being counted");
    }
  }

  private List<String> cells(Row row, long requests, long most) {
    UsageLine line = row.line();
    Money price = line.price();
    String amount = price == null ? "-" : exact(price, requests);
    return List.of(
        by == By.TOTAL ? "-" : row.period(),
        line.consumer(),
        line.product(),
        line.plan().isEmpty() ? "-" : line.plan(),
        line.kind().word(),
        Long.toString(requests),
        price == null ? "-" : price.toString(),
        by == By.TOTAL && price != null ? billed(line) : amount,
        "█".repeat((int) Math.max(1, WIDEST * requests / Math.max(1, most))));
  }

  private static String exact(Money price, long requests) {
    return new Money(
            price.amount().multiply(BigDecimal.valueOf(requests)).stripTrailingZeros(),
            price.currency())
        .toString();
  }

  private String billed(UsageLine line) {
    return invoice.lines().stream()
        .filter(one -> one.line().equals(line))
        .map(one -> String.valueOf(one.amount()))
        .findFirst()
        .orElse("-");
  }
}
