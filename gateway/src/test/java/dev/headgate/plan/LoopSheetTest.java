package dev.headgate.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.policy.Policies;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every request that is booked is on exactly one sheet, that of the hour in which it ended. */
class LoopSheetTest {
  private static final long HOUR = 3_600_000;

  private static Config config(String acme, String more) {
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
            .read(
                "h.yaml",
                """
                listeners: { main: { address: "127.0.0.1:0" } }
                policies: { keys: { apiKey: {} } }
                routes: { all: { match: { path: "/**" }, auth: keys, respond: {} } }
                plans:
                  silver: { quota: { requests: 1/day } }
                  gold: { quota: { requests: [2/day, 9/month] }, price: { perRequest: 1 EUR } }
                products: { all: { routes: all } }
                consumers: { acme: { %s } }
                %s
                """
                    .formatted(acme, more));
    assertThat(reading).as(reading.problems().report()).isInstanceOf(Reading.Accepted.class);
    return ((Reading.Accepted) reading).config();
  }

  private static Standing standing(Config config, Meters meters, String when) {
    return standing(config, meters, Instant.parse(when).toEpochMilli());
  }

  private static Standing standing(Config config, Meters meters, long millis) {
    Consumer acme = Objects.requireNonNull(config.consumers().get("acme"));
    return Standing.of(new KnownConsumer("acme", acme), "all", Terms.of(config), meters, millis);
  }

  /** How many requests were booked on each hour. */
  private static Map<Long, Long> booked(Meters meters) {
    Map<Long, Long> booked = new HashMap<>();
    for (UsageSheet sheet : meters.sheets()) {
      sheet.cells().forEach(cell -> booked.merge(sheet.hour(), cell.count(), Long::sum));
    }
    return booked;
  }

  @Test
  void everyRequestIsBookedOnItsHourWhateverTheClockAndReloadsDo() {
    Meters meters = new Meters();
    Standing.Charge charge = standing(config("plan: gold, products: all", ""), meters, 0).usual();
    Random random = new Random(5);
    Map<Long, Long> truth = new HashMap<>();
    LoopSheet sheet = new LoopSheet(meters);
    LoopSheet old = sheet;
    for (int i = 0; i < 10_000; i++) {
      long now = random.nextLong(100 * HOUR);
      (random.nextInt(10) == 0 ? old : sheet).book(charge, now);
      truth.merge(now / HOUR, 1L, Long::sum);
      if (random.nextInt(100) == 0) {
        sheet.close(); // a reload; requests that it served still end
        old = sheet;
        sheet = new LoopSheet(meters);
      }
    }
    assertThat(booked(meters)).isEqualTo(truth);
    sheet.close();
    assertThat(meters.sheets()).allMatch(UsageSheet::closed);
  }

  @Test
  void moreLinesThanThereIsRoomForAreCountedAsLost() {
    Meters meters = new Meters(2);
    Standing.Charge charge = standing(config("plan: gold, products: all", ""), meters, 0).usual();
    LoopSheet sheet = new LoopSheet(meters);
    for (int hour = 0; hour < 5; hour++) {
      sheet.book(charge, hour * HOUR);
    }
    assertThat(booked(meters).values().stream().mapToLong(Long::longValue).sum()).isEqualTo(2);
    assertThat(meters.lost()).isEqualTo(3);
    meters.sheets().forEach(meters::drop);
    sheet.book(charge, 9 * HOUR);
    assertThat(booked(meters)).containsExactly(Map.entry(9L, 1L));
  }

  @Test
  void aPlanHoldsFromTheFirstMomentOfItsDayInTheZoneOfTheLedger() {
    Config config =
        config(
            "plan: [silver, { name: gold, from: 2027-01-01 }], products: all",
            "ledger: { zone: Europe/Berlin }");
    Meters meters = new Meters();
    Standing before = standing(config, meters, "2026-12-31T22:59:59.999Z");
    assertThat(Objects.requireNonNull(before.offer()).name()).isEqualTo("silver");
    Consumer acme = Objects.requireNonNull(config.consumers().get("acme"));
    long change = Instant.parse("2026-12-31T23:00:00Z").toEpochMilli();
    assertThat(before.holds(acme, change - 1)).isTrue();
    assertThat(before.holds(acme, change)).isFalse();
    assertThat(Objects.requireNonNull(standing(config, meters, change).offer()).name())
        .isEqualTo("gold");
  }

  @Test
  void aStandingHoldsUntilTheFirstOfItsPeriodsIsOverAndNotBeforeItBegan() {
    Config config = config("plan: gold, products: all", "");
    Standing standing = standing(config, new Meters(), "2026-11-24T12:00:00Z");
    Consumer acme = Objects.requireNonNull(config.consumers().get("acme"));
    long begin = Instant.parse("2026-11-24T00:00:00Z").toEpochMilli();
    assertThat(standing.holds(acme, begin)).isTrue();
    assertThat(standing.holds(acme, begin - 1)).as("the clock was put back").isFalse();
    assertThat(standing.holds(acme, begin + 24 * HOUR - 1)).isTrue();
    assertThat(standing.holds(acme, begin + 24 * HOUR)).isFalse();
  }
}
