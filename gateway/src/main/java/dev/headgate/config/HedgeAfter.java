package dev.headgate.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * After what time an answer is late: a fixed time, or what a share of the answers took lately.
 *
 * @param fixed null where the answers decide
 * @param percentile 50 to 99; 0 for a fixed time
 */
public record HedgeAfter(@Nullable Duration fixed, int percentile) {
  private static final int LEAST = 50;
  private static final int MOST_DIGITS = 5;
  private static final long LONGEST_MILLIS = 60_000;

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static HedgeAfter parse(String text) {
    if (text.startsWith("p")) {
      int percentile = text.length() == 3 ? (int) number(text.substring(1)) : 0;
      if (percentile < LEAST) {
        throw new IllegalArgumentException("from p50 to p99");
      }
      return new HedgeAfter(null, percentile);
    }
    boolean millis = text.endsWith("ms");
    boolean seconds = !millis && text.endsWith("s");
    int unit = millis ? 2 : seconds ? 1 : 0;
    long amount = number(text.substring(0, text.length() - unit)) * (seconds ? 1000 : 1);
    if (unit == 0 || amount < 1 || amount > LONGEST_MILLIS) {
      throw new IllegalArgumentException("from 1ms to 60s, or from p50 to p99");
    }
    return new HedgeAfter(Duration.ofMillis(amount), 0);
  }

  /** A whole number; 0 for what is none, or a long one. */
  private static long number(String digits) {
    boolean all =
        !digits.isEmpty()
            && digits.length() <= MOST_DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return all ? Long.parseLong(digits) : 0;
  }

  @Override
  public String toString() {
    return fixed == null ? "p" + percentile : fixed.toMillis() + "ms";
  }
}
