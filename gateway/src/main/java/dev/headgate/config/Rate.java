package dev.headgate.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * So many in a time, written as {@code 50/s}, {@code 100/min} or {@code 10/30s}.
 *
 * @param count 1 or more
 * @param per from 1 second to 365 days
 */
public record Rate(long count, Duration per) {
  private static final long MOST = 1_000_000_000;
  private static final long LONGEST_SECONDS = Duration.ofDays(365).toSeconds();

  private record Unit(String name, long seconds) {}

  private static final List<Unit> UNITS =
      List.of(new Unit("s", 1), new Unit("min", 60), new Unit("h", 3_600), new Unit("day", 86_400));

  public Rate {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("the number is 1 to " + MOST);
    }
    if (per.toSeconds() < 1 || per.toSeconds() > LONGEST_SECONDS || per.getNano() != 0) {
      throw new IllegalArgumentException("the time is 1s to 365day");
    }
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Rate parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("write a number, a slash and a time, as in '100/min'");
    }
    int unit = slash + 1;
    while (unit < text.length() && isDigit(text.charAt(unit))) {
      unit++;
    }
    Unit named = named(text.substring(unit));
    if (named == null) {
      throw new IllegalArgumentException("the units of time are s, min, h and day");
    }
    long times = unit == slash + 1 ? 1 : number(text.substring(slash + 1, unit));
    return new Rate(number(text.substring(0, slash)), Duration.ofSeconds(times * named.seconds()));
  }

  private static @Nullable Unit named(String name) {
    return UNITS.stream().filter(unit -> unit.name().equals(name)).findFirst().orElse(null);
  }

  private static long number(String digits) {
    if (digits.isEmpty() || digits.length() > 10 || !digits.chars().allMatch(Rate::isDigit)) {
      throw new IllegalArgumentException("write a whole number, as in '100/min'");
    }
    return Long.parseLong(digits);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** The time in which one falls due, in nanoseconds. */
  public long intervalNanos() {
    return Math.max(1, per.toNanos() / count);
  }

  /** As a user would write it, in the largest unit that needs no fraction. */
  @Override
  public String toString() {
    Unit largest = UNITS.getFirst();
    for (Unit unit : UNITS) {
      largest = per.toSeconds() % unit.seconds() == 0 ? unit : largest;
    }
    long times = per.toSeconds() / largest.seconds();
    return count + "/" + (times == 1 ? "" : times) + largest.name();
  }
}
