package dev.headgate.callout;

/** What happens to a request about which nobody decides. */
public enum OnFailure {
  DENY,
  ALLOW
}
