package dev.headgate.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Allowance.Period;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a slow model, which looks at the clock on the wall every quarter of an hour. */
class CalendarPeriodTest {
  private static final Duration STEP = Duration.ofMinutes(15);

  private static CalendarPeriod of(Period period, String zone, String instant) {
    return CalendarPeriod.of(period, ZoneId.of(zone), Instant.parse(instant).toEpochMilli());
  }

  private static CalendarPeriod between(String begin, String end) {
    return new CalendarPeriod(
        Instant.parse(begin).toEpochMilli(), Instant.parse(end).toEpochMilli());
  }

  /** What the clock on the wall shows of a period, with what it was set by where that counts. */
  private static String shown(Period period, ZonedDateTime time) {
    return switch (period) {
      case HOUR -> time.truncatedTo(ChronoUnit.HOURS).toLocalDateTime() + " " + time.getOffset();
      case DAY -> time.toLocalDate().toString();
      case MONTH -> time.toLocalDate().withDayOfMonth(1).toString();
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/Havana",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca"
      })
  void everyPeriodIsWhatTheClockOnTheWallShows(String name) {
    ZoneId zone = ZoneId.of(name);
    for (int year : new int[] {2011, 2016, 2026}) {
      for (Period period : Period.values()) {
        Instant end = Instant.parse((year + 1) + "-02-02T00:00:00Z");
        CalendarPeriod known = null;
        String seen = "";
        for (Instant at = Instant.parse(year + "-01-01T00:00:00Z");
            at.isBefore(end);
            at = at.plus(STEP)) {
          CalendarPeriod now = CalendarPeriod.of(period, zone, at.toEpochMilli());
          String shown = shown(period, at.atZone(zone));
          assertThat(at.toEpochMilli())
              .as("%s %s %s", period, name, at)
              .isGreaterThanOrEqualTo(now.beginMillis())
              .isLessThan(now.endMillis());
          if (known != null && shown.equals(seen)) {
            assertThat(now).as("%s %s %s", period, name, at).isEqualTo(known);
          } else if (known != null) {
            assertThat(now.beginMillis())
                .as("%s %s %s", period, name, at)
                .isEqualTo(known.endMillis());
          }
          known = now;
          seen = shown;
        }
      }
    }
  }

  @Test
  void aMomentWithinAPeriodGivesThatPeriod() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      ZoneId zone = i % 2 == 0 ? ZoneId.of("Europe/Berlin") : ZoneId.of("Australia/Lord_Howe");
      Period period = Period.values()[i % 3];
      long at = random.nextLong(0, 4_000_000_000_000L);
      CalendarPeriod one = CalendarPeriod.of(period, zone, at);
      assertThat(CalendarPeriod.of(period, zone, one.beginMillis())).isEqualTo(one);
      assertThat(CalendarPeriod.of(period, zone, one.endMillis() - 1)).isEqualTo(one);
      assertThat(CalendarPeriod.of(period, zone, one.endMillis()).beginMillis())
          .isEqualTo(one.endMillis());
    }
  }

  @Test
  void daysHave23Or25HoursWhenClocksAreSet() {
    assertThat(of(Period.DAY, "Europe/Berlin", "2026-03-29T10:00:00Z"))
        .isEqualTo(between("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
    assertThat(of(Period.DAY, "Europe/Berlin", "2026-10-25T10:00:00Z"))
        .isEqualTo(between("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
  }

  @Test
  void theHourThatComesTwiceIsTwoHours() {
    assertThat(of(Period.HOUR, "Europe/Berlin", "2026-10-25T00:30:00Z"))
        .isEqualTo(between("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"));
    assertThat(of(Period.HOUR, "Europe/Berlin", "2026-10-25T01:30:00Z"))
        .isEqualTo(between("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"));
  }

  @Test
  void monthsHaveTheirOwnLengths() {
    assertThat(of(Period.MONTH, "UTC", "2028-02-29T23:59:59.999Z"))
        .isEqualTo(between("2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"));
    assertThat(of(Period.MONTH, "UTC", "2027-02-01T00:00:00Z"))
        .isEqualTo(between("2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"));
    assertThat(of(Period.MONTH, "Asia/Tokyo", "2026-12-31T15:00:00Z"))
        .isEqualTo(between("2026-12-31T15:00:00Z", "2027-01-31T15:00:00Z"));
  }

  @Test
  void aDayThatACountryLeftOutHasNoTime() {
    assertThat(of(Period.DAY, "Pacific/Apia", "2011-12-30T09:59:59Z").endMillis())
        .isEqualTo(
            ZonedDateTime.of(2011, 12, 30, 10, 0, 0, 0, ZoneOffset.UTC).toInstant().toEpochMilli());
  }
}
