package dev.headgate.mirror;

import java.util.Locale;

/** How the bodies of two answers compare. */
public enum Bodies {
  SAME,
  DIFFERENT,
  NOT_COMPARED;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** As metrics call it. */
  public String word() {
    return word;
  }
}
