package dev.headgate.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * So many in each period of the calendar, written as {@code 1000000/month}. Unlike a {@link Rate}
 * it begins anew with the hour, the day or the month.
 *
 * @param count 0 or more
 */
public record Allowance(long count, Period period) {
  private static final long MOST = 1_000_000_000_000_000L;
  private static final String HINT =
      "write a whole number, a slash and a period: hour, day or month";

  /** A period of the calendar. */
  public enum Period {
    HOUR,
    DAY,
    MONTH;

    /** As it is written and shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Allowance {
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException("the number is 0 to " + MOST);
    }
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Allowance parse(String text) {
    int slash = text.indexOf('/');
    String digits = slash < 0 ? "" : text.substring(0, slash);
    if (digits.isEmpty()
        || digits.length() > 16
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException(HINT);
    }
    Period period = named(text.substring(slash + 1));
    if (period == null) {
      throw new IllegalArgumentException("the periods are " + String.join(", ", words()));
    }
    return new Allowance(Long.parseLong(digits), period);
  }

  private static @Nullable Period named(String word) {
    return Arrays.stream(Period.values())
        .filter(period -> period.word().equals(word))
        .findFirst()
        .orElse(null);
  }

  private static List<String> words() {
    return Arrays.stream(Period.values()).map(Period::word).toList();
  }

  @Override
  public String toString() {
    return count + "/" + period.word();
  }
}
