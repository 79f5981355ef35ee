package dev.headgate.config;

import java.util.Comparator;

/**
 * One thing that is wrong, or odd, in a configuration.
 *
 * @param path as in {@code routes.orders.match.path}; empty when the file as a whole is meant
 * @param message what is wrong, without a full stop
 * @param hint what to do about it; may be empty
 */
public record Problem(Severity severity, Place place, String path, String message, String hint)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::place)
          .thenComparing(Problem::severity)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  /** Whether a configuration with this problem is taken. */
  public enum Severity {
    /** The configuration is refused. */
    ERROR,
    /** The configuration is taken, and the user told. */
    WARNING
  }

  public String file() {
    return place.file();
  }

  public int line() {
    return place.line();
  }

  public int column() {
    return place.column();
  }

  /** By place, so that a report reads like the files. */
  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** As a compiler would say it, with the hint on a line of its own. */
  @Override
  public String toString() {
    String kind = severity == Severity.ERROR ? "error" : "warning";
    String about = path.isEmpty() ? "" : path + ": ";
    String help = hint.isEmpty() ? "" : "\n  hint: " + hint;
    return place + ": " + kind + ": " + about + message + help;
  }
}
