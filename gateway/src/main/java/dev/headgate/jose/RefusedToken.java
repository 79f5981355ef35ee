package dev.headgate.jose;

import dev.headgate.exchange.Failure;

/** A token does not hold. */
public final class RefusedToken extends Exception {
  private static final long serialVersionUID = 1;

  private final Refusal refusal;
  private final String detail;

  /**
   * @param detail for the log; nothing of the token
   */
  public RefusedToken(Refusal refusal, String detail) {
    super(detail, null, false, false);
    this.refusal = refusal;
    this.detail = detail;
  }

  /** As in {@link Refusal#failure}. */
  public Failure failure(String kind) {
    return refusal.failure(kind, detail);
  }
}
