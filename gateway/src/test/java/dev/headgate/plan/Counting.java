package dev.headgate.plan;

import dev.headgate.config.Allowance.Period;
import dev.headgate.config.Money;
import dev.headgate.plan.UsageLine.Kind;
import java.util.concurrent.TimeUnit;

/** Counts as the loops do. */
public final class Counting {
  private final Meters meters;
  private final long limit;

  /**
   * @param limit of each quota; the operator is told at 80 % of it
   */
  public Counting(Meters meters, long limit) {
    this.meters = meters;
    this.limit = limit;
  }

  public static UsageLine line(String consumer) {
    return new UsageLine(consumer, "orders", "gold", Kind.REQUESTS, Money.parse("0.0004 EUR"));
  }

  /** The counter of a consumer's month that a moment lies in. */
  public QuotaCounter counter(String consumer, long millis) {
    CalendarPeriod time = CalendarPeriod.of(Period.MONTH, java.time.ZoneOffset.UTC, millis);
    QuotaCounter counter = meters.counter(new QuotaKey(consumer, "gold", Period.MONTH, time));
    counter.watch(limit * 8 / 10, limit);
    return counter;
  }

  /** Counts requests of a consumer that have ended at a moment, on a sheet of their own. */
  public void count(String consumer, long millis, int requests) {
    UsageSheet sheet = meters.open(TimeUnit.MILLISECONDS.toHours(millis));
    UsageSheet.Cell cell = meters.line(sheet, line(consumer));
    QuotaCounter counter = counter(consumer, millis);
    for (int i = 0; i < requests; i++) {
      counter.charge();
      if (cell != null) {
        cell.increment();
      } else {
        meters.lose();
      }
    }
    sheet.close();
  }

  /** Takes one if there is room. */
  public boolean take(String consumer, long millis) {
    return counter(consumer, millis).take(limit);
  }
}
