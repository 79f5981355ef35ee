package dev.headgate.policy.jwt;

import dev.headgate.exchange.Failure;

/** A token does not hold. */
final class RefusedToken extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Failure failure;

  RefusedToken(Refusal refusal, String detail) {
    super(detail, null, false, false);
    this.failure = refusal.failure(detail);
  }

  Failure failure() {
    return failure;
  }
}
