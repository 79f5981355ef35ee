package dev.headgate.callout;

import java.util.List;
import java.util.Locale;

/** What may be shown of a question to people. */
public final class Masked {
  private static final String MASK = "***";

  /** What the names of fields that hold secrets have in common. */
  private static final List<String> SECRET =
      List.of("auth", "cookie", "token", "key", "secret", "session", "password", "credential");

  private Masked() {}

  /** A field's value, unless it may be a secret; queries may hold some too. */
  public static String value(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SECRET.stream().anyMatch(lower::contains) ? MASK : target(value);
  }

  /** A target without its query. */
  public static String target(String target) {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question + 1) + MASK;
  }
}
