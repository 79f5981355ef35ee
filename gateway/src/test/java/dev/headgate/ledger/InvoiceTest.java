package dev.headgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Money;
import dev.headgate.plan.Counting;
import dev.headgate.plan.Meters;
import dev.headgate.plan.UsageLine;
import dev.headgate.plan.UsageLine.Kind;
import dev.headgate.testkit.ManualClock;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An invoice is made of the ledger alone, to the cent. */
class InvoiceTest {
  @TempDir private Path folder;

  private static UsageRow row(long hour, String consumer, String price, long requests) {
    return new UsageRow(
        "id-of-" + consumer,
        hour,
        hour,
        new UsageLine(consumer, "orders", "gold", Kind.REQUESTS, Money.parse(price)),
        requests);
  }

  @Test
  void roundsEachLineOnceAndAddsUpWhatIsRounded() {
    Invoice invoice = new Invoice();
    // 3 times 4 mills would be 3 times nothing if each hour were rounded.
    for (int hour = 0; hour < 3; hour++) {
      invoice.add(row(hour, "acme", "0.0004 EUR", 10));
    }
    invoice.add(row(0, "other", "0.0005 EUR", 10)); // half a cent: up
    invoice.add(row(0, "third", "7 JPY", 3));
    invoice.add(row(0, "third", "0.0001 BHD", 15)); // a currency with three digits

    assertThat(invoice.lines())
        .extracting(line -> line.line().consumer() + " " + line.amount())
        .containsExactly("acme 0.01 EUR", "other 0.01 EUR", "third 0.002 BHD", "third 21 JPY");
    assertThat(invoice.totals())
        .extracting(Money::toString)
        .containsExactly("0.002 BHD", "0.02 EUR", "21 JPY");
  }

  @Test
  void whatHasNoPriceCostsNothing() {
    Invoice invoice = new Invoice();
    invoice.add(
        new UsageRow("x", 1, 1, new UsageLine("acme", "orders", "", Kind.REQUESTS, null), 1_000));
    assertThat(invoice.lines().getFirst().amount()).isNull();
    assertThat(invoice.totals()).isEmpty();
  }

  @Test
  void isRebuiltFromTheLedgerToTheCent() throws Exception {
    ManualClock clock = new ManualClock();
    Instant begin = clock.instant();
    Random random = new Random(3);
    BreakingStore.Fault[] faults = BreakingStore.Fault.values();
    boolean[] calm = {false};
    LedgerStore file = new LedgerStore.File(folder.resolve("ledger.db"));
    LedgerStore store =
        new BreakingStore(
            file,
            () ->
                calm[0] || random.nextInt(4) > 0
                    ? BreakingStore.Fault.NOTHING
                    : faults[random.nextInt(faults.length)]);
    Meters meters = new Meters();
    Counting counting = new Counting(meters, Long.MAX_VALUE);
    LedgerWriter writer = new LedgerWriter(store, meters, clock, Duration.ofSeconds(1));
    Map<String, Long> truth = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      String consumer = "c" + random.nextInt(5);
      int requests = random.nextInt(1, 500);
      counting.count(consumer, clock.millis(), requests);
      truth.merge(consumer, (long) requests, Long::sum);
      clock.advance(Duration.ofMinutes(random.nextInt(90)));
      if (random.nextBoolean()) {
        writer.writeAll();
      }
    }
    calm[0] = true;
    writer.writeAll();

    Invoice invoice = new Invoice();
    Set<String> ids = new HashSet<>();
    try (Connection connection = file.open()) {
      UsageQuery all = new UsageQuery(null, null, begin, clock.instant().plusSeconds(1));
      all.forEach(
          connection,
          row -> {
            invoice.add(row);
            assertThat(ids.add(row.id())).isTrue();
          });
    }
    BigDecimal expected =
        truth.values().stream()
            .map(n ->
                new BigDecimal("0.0004")
                    .multiply(BigDecimal.valueOf(n))
                    .setScale(2, RoundingMode.HALF_UP))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(invoice.totals()).extracting(Money::toString).containsExactly(expected + " EUR");
  }

  @Test
  void everyFormOfExportHasTheSameIds() {
    UsageRow row = row(495_000, "acme", "0.0004 EUR", 3);
    UsageRow odd =
        new UsageRow(
            "odd", 495_000, 495_001, new UsageLine("a\"b,c", "orders", "", Kind.OVERAGE, null), 1);
    assertThat(export(UsageExport.Format.CSV, row, odd))
        .isEqualTo(
            "id,hour,consumer,product,plan,kind,requests,price,currency,amount\n"
                + row.id()
                + ",2026-06-21T00:00:00Z,acme,orders,gold,requests,3,0.0004,EUR,0.0012\n"
                + odd.id()
                + ",2026-06-21T00:00:00Z,\"a\"\"b,c\",orders,,overage,1,,,\n");
    assertThat(export(UsageExport.Format.JSONL, row))
        .isEqualTo(
            "{\"id\":\""
                + row.id()
                + "\",\"hour\":\"2026-06-21T00:00:00Z\",\"consumer\":\"acme\",\"product\":\"orders\",\"plan\":\"gold\","
                + "\"kind\":\"requests\",\"requests\":3,\"price\":\"0.0004\",\"currency\":\"EUR\",\"amount\":\"0.0012\"}\n");
    assertThat(export(UsageExport.Format.CLOUDEVENTS, row))
        .startsWith(
            "{\"specversion\":\"1.0\",\"id\":\""
                + row.id()
                + "\",\"source\":\"urn:headgate:ledger\",\"type\":\"dev.headgate.usage\"")
        .contains("\"subject\":\"acme\"", "\"data\":{\"hour\":");
    assertThat(List.of(row.id(), odd.id())).doesNotHaveDuplicates();
  }

  private static String export(UsageExport.Format format, UsageRow... rows) {
    StringWriter out = new StringWriter();
    UsageExport export = new UsageExport(format, out);
    for (UsageRow row : rows) {
      export.write(row);
    }
    return out.toString();
  }

  @Test
  void aRecordIsFinalSomeMinutesAfterTheHourInWhichItWasWritten() {
    UsageRow row = row(495_000, "acme", "1 EUR", 1);
    assertThat(row.isFinal(Instant.parse("2026-06-21T01:04:59Z"))).isFalse();
    assertThat(row.isFinal(Instant.parse("2026-06-21T01:05:00Z"))).isTrue();
  }
}
