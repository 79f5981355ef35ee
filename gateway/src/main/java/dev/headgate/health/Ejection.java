package dev.headgate.health;

/**
 * An endpoint is left out for a while. When that is over one request after the other may try it,
 * until one is answered well. Times are nanoseconds as in {@link dev.headgate.exchange.Loop#nanos}.
 *
 * @param since when it was left out
 * @param until from when it may be tried
 * @param trial whether a request tries it now
 * @param trialUntil if so, when that request is given up and another may try
 */
public record Ejection(Reason reason, long since, long until, boolean trial, long trialUntil) {

  /** Why an endpoint is left out. */
  public enum Reason {
    /** So many answers in a row with 5xx, or none. */
    SERVER_ERRORS("consecutive_5xx"),
    /** So many answers in a row with 502, 503 or 504, or none. */
    GATEWAY_ERRORS("consecutive_gateway_errors"),
    /** The request that tried whether it is well again failed. */
    TRIAL("trial_failed");

    private final String word;

    Reason(String word) {
      this.word = word;
    }

    /** As in metrics and on the admin page. */
    public String word() {
      return word;
    }
  }

  static Ejection of(Reason reason, long now, long nanos) {
    return new Ejection(reason, now, now + nanos, false, 0);
  }

  /** Whether a request may try the endpoint. */
  boolean due(long now) {
    return now - until >= 0 && (!trial || now - trialUntil >= 0);
  }

  Ejection tried(long giveUpAt) {
    return new Ejection(reason, since, until, true, giveUpAt);
  }

  /** The request that tried ended in a way that tells nothing. */
  Ejection untried() {
    return new Ejection(reason, since, until, false, 0);
  }
}
