package dev.headgate.config.shape;

import java.time.Duration;
import java.util.List;

/** Durations as users write them: whole numbers with units, the largest first, as in 1m30s. */
public final class DurationText {
  private record Unit(String name, long millis) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit("d", 86_400_000),
          new Unit("h", 3_600_000),
          new Unit("m", 60_000),
          new Unit("s", 1_000),
          new Unit("ms", 1));

  private DurationText() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none; its message is a hint
   */
  public static Duration parse(String text) {
    long millis = 0;
    int units = 0; // those before are used up: the largest comes first
    int at = 0;
    while (at < text.length()) {
      int digits = spanOfDigits(text, at);
      if (digits == at || digits - at > 9) {
        throw new IllegalArgumentException(
            "a duration is a whole number and its unit (ms, s, m, h or d)");
      }
      int end = spanOfLetters(text, digits);
      String name = text.substring(digits, end);
      while (units < UNITS.size() && !UNITS.get(units).name.equals(name)) {
        units++;
      }
      if (units == UNITS.size()) {
        throw new IllegalArgumentException(hintFor(name));
      }
      millis += Long.parseLong(text.substring(at, digits)) * UNITS.get(units++).millis;
      at = end;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("");
    }
    return Duration.ofMillis(millis);
  }

  private static String hintFor(String name) {
    if (name.isEmpty()) {
      return "add the unit, as in '500ms' or '2s'";
    }
    boolean known = UNITS.stream().anyMatch(unit -> unit.name.equals(name));
    return known ? "the larger unit comes first, as in '1m30s'" : "the units are ms, s, m, h and d";
  }

  private static int spanOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private static int spanOfLetters(String text, int from) {
    int end = from;
    while (end < text.length() && (text.charAt(end) < '0' || text.charAt(end) > '9')) {
      end++;
    }
    return end;
  }

  static String write(Duration duration) {
    long rest = duration.toMillis();
    StringBuilder out = new StringBuilder();
    for (Unit unit : UNITS) {
      if (rest >= unit.millis) {
        out.append(rest / unit.millis).append(unit.name);
        rest %= unit.millis;
      }
    }
    return out.isEmpty() ? "0s" : out.toString();
  }
}
