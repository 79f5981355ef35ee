package dev.headgate.policy.jwt;

import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import org.jspecify.annotations.Nullable;

/** Why a token does not hold, and how the caller is told (RFC 6750 section 3). */
enum Refusal {
  MALFORMED("jwt.malformed", "The token is malformed"),
  ALGORITHM("jwt.algorithm", "The token's signature algorithm is not accepted"),
  TYPE("jwt.type", "The token is of a type that is not accepted"),
  ISSUER("jwt.issuer", "The token was issued by somebody else"),
  AUDIENCE("jwt.audience", "The token is meant for somebody else"),
  EXPIRED("jwt.expired", "The token has expired"),
  NOT_YET("jwt.not_yet", "The token is not valid yet"),
  CLAIM("jwt.claim", "The token lacks a claim, or a claim is malformed"),
  KEY_UNKNOWN("jwt.key_unknown", "The token was signed with an unknown key"),
  SIGNATURE("jwt.signature", "The token's signature is not valid");

  private static final int UNAUTHORIZED = 401;

  private final String reason;
  private final String challenge;

  Refusal(String reason, String description) {
    this.reason = reason;
    this.challenge = "Bearer error=\"invalid_token\", error_description=\"" + description + "\"";
  }

  /**
   * @param detail for the log; nothing of the token
   */
  Failure failure(String detail) {
    return Failure.client(Stage.AUTHENTICATE, UNAUTHORIZED, reason, detail);
  }

  /** The challenge that goes with a failure; null if it is not about a token. */
  static @Nullable String challenge(Failure failure) {
    for (Refusal refusal : values()) {
      if (refusal.reason.equals(failure.reason())) {
        return refusal.challenge;
      }
    }
    return null;
  }
}
