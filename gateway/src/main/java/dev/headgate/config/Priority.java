package dev.headgate.config;

import java.util.Locale;

/** How much it matters that a request is answered when not all can be. In rising order. */
public enum Priority {
  /** Turned away first. */
  SHEDDABLE,
  /** What nothing is said about. */
  DEFAULT,
  /** Turned away only when nothing else is left and the node would fail. */
  CRITICAL;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** As in the configuration and in metrics. */
  public String word() {
    return word;
  }

  /** The higher one. */
  public Priority or(Priority other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
