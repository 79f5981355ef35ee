package dev.headgate.ledger;

import dev.headgate.config.Money;
import dev.headgate.plan.UsageLine;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is to be paid for records of the ledger. All records of one consumer, product, plan, kind
 * and price make one line: their number times the price, exactly, and only then rounded to the
 * smallest coin of the currency, half up. Totals add up what was rounded, as on paper.
 */
public final class Invoice {
  private static final Comparator<UsageLine> ORDER =
      Comparator.comparing(UsageLine::consumer)
          .thenComparing(UsageLine::product)
          .thenComparing(UsageLine::plan)
          .thenComparing(UsageLine::kind)
          .thenComparing(UsageRow::price);

  private final Map<UsageLine, Long> requests = new HashMap<>();

  /**
   * One of its lines.
   *
   * @param amount null for what costs nothing
   */
  public record Line(UsageLine line, long requests, @Nullable Money amount) {}

  /** Adds a record. */
  public void add(UsageRow row) {
    requests.merge(row.line(), row.requests(), Math::addExact);
  }

  /** The lines, by consumer, product, plan, kind and price. */
  public List<Line> lines() {
    return requests.keySet().stream()
        .sorted(ORDER)
        .map(line -> {
          long count = requests.getOrDefault(line, 0L);
          return new Line(line, count, rounded(line.price(), count));
        })
        .toList();
  }

  private static @Nullable Money rounded(@Nullable Money price, long requests) {
    if (price == null) {
      return null;
    }
    BigDecimal exact = price.amount().multiply(BigDecimal.valueOf(requests));
    int coin = price.currency().getDefaultFractionDigits();
    return new Money(exact.setScale(coin, RoundingMode.HALF_UP), price.currency());
  }

  /** What is to be paid in all, in each currency. */
  public List<Money> totals() {
    Map<String, BigDecimal> totals = new TreeMap<>();
    for (Line line : lines()) {
      Money amount = line.amount();
      if (amount != null) {
        totals.merge(amount.currency().getCurrencyCode(), amount.amount(), BigDecimal::add);
      }
    }
    return totals.entrySet().stream()
        .map(total -> new Money(total.getValue(), Currency.getInstance(total.getKey())))
        .toList();
  }
}
