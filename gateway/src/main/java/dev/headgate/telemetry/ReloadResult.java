package dev.headgate.telemetry;

/** What became of an attempt to change the configuration. */
public enum ReloadResult {
  /** The new revision serves. */
  APPLIED("applied"),
  /** It was the same as the one that serves. */
  UNCHANGED("unchanged"),
  /** It had problems, and the old revision serves on. */
  REJECTED("rejected");

  private final String word;

  ReloadResult(String word) {
    this.word = word;
  }

  /** As metrics show it. */
  public String word() {
    return word;
  }
}
