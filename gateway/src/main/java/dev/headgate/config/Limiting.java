package dev.headgate.config;

/** The words in which limits are configured, on routes and in plans. */
public final class Limiting {
  private Limiting() {}

  /** How is counted. */
  public enum Algorithm {
    TOKEN_BUCKET,
    FIXED_WINDOW,
    SLIDING_WINDOW
  }

  /** How nodes count together. */
  public enum Sync {
    EXACT,
    LEASED
  }

  /** What holds while a store does not answer. */
  public enum OnStoreFailure {
    LOCAL,
    ALLOW,
    DENY
  }
}
