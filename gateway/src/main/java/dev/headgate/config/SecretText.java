package dev.headgate.config;

/**
 * A secret. In the configuration it is always a reference; only {@link #reveal} gives the value
 * away, so that no log, message or {@code toString} does.
 */
public final class SecretText {
  private final String value;

  public SecretText(String value) {
    this.value = value;
  }

  /** The secret itself. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretText secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
