package dev.headgate.mirror;

import java.util.Locale;

/** What came of a request that was to be copied. */
public enum Outcome {
  /** Both upstreams answered with the same status. */
  SAME_STATUS,
  /** The copy was answered with another status. */
  OTHER_STATUS,
  /** The copy was not answered, or not in time. */
  FAILED,
  /** Not sent: there were as many copies as there may be. */
  BUSY,
  /** Not sent: the body was too long, or had trailers. */
  BODY,
  /** Not sent: all copies together held too much memory. */
  MEMORY,
  /** Not sent: the upstream gave no answer, or gave one before the request was complete. */
  INCOMPLETE;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** As metrics call it. */
  public String word() {
    return word;
  }
}
