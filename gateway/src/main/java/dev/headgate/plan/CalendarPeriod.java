package dev.headgate.plan;

import dev.headgate.config.Allowance.Period;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.concurrent.TimeUnit;

/**
 * One hour, day or month of a calendar. The periods of a time zone follow one another without gap
 * or overlap, whatever its clocks do: a day may have 23 or 25 hours; where clocks are set by half
 * an hour, an hour ends early then.
 *
 * @param beginMillis its first moment, in milliseconds since 1970
 * @param endMillis the first moment after it
 */
public record CalendarPeriod(long beginMillis, long endMillis) {
  private static final long HOUR_SECONDS = TimeUnit.HOURS.toSeconds(1);

  /** The period that a moment lies in. */
  public static CalendarPeriod of(Period period, ZoneId zone, long millis) {
    Instant now = Instant.ofEpochMilli(millis);
    LocalDate day = now.atZone(zone).toLocalDate();
    return switch (period) {
      case HOUR -> hour(zone.getRules(), now);
      case DAY -> between(day, day.plusDays(1), zone);
      case MONTH -> between(day.withDayOfMonth(1), day.withDayOfMonth(1).plusMonths(1), zone);
    };
  }

  private static CalendarPeriod between(LocalDate first, LocalDate next, ZoneId zone) {
    return new CalendarPeriod(start(first, zone), start(next, zone));
  }

  /** The first moment of a day, in milliseconds since 1970. */
  static long start(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }

  /** The hours as the clock shows them, cut where it is set. */
  private static CalendarPeriod hour(ZoneRules rules, Instant now) {
    long offset = rules.getOffset(now).getTotalSeconds();
    long begin = Math.floorDiv(now.getEpochSecond() + offset, HOUR_SECONDS) * HOUR_SECONDS - offset;
    long end = begin + HOUR_SECONDS;
    ZoneOffsetTransition last = rules.previousTransition(now.plusNanos(1));
    if (last != null) {
      begin = Math.max(begin, last.getInstant().getEpochSecond());
    }
    ZoneOffsetTransition next = rules.nextTransition(now);
    if (next != null) {
      end = Math.min(end, next.getInstant().getEpochSecond());
    }
    return new CalendarPeriod(TimeUnit.SECONDS.toMillis(begin), TimeUnit.SECONDS.toMillis(end));
  }
}
