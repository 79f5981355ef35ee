package dev.headgate.policy.jwt;

import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.JwsAlgorithm;
import java.util.EnumSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a token does not hold, and how the caller is told (RFC 6750 section 3, RFC 9449 section 7.1).
 */
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
  SIGNATURE("jwt.signature", "The token's signature is not valid"),
  BINDING("jwt.binding", "The token is not bound to its caller as it must be"),
  CERTIFICATE("jwt.certificate", "The token is bound to another client certificate"),
  PROOF_UNBOUND("jwt.proof_unbound", "invalid_token", "The token is bound to no key"),
  PROOF_MISSING("jwt.proof_missing", "invalid_dpop_proof", "The token needs a DPoP proof"),
  PROOF("jwt.proof", "invalid_dpop_proof", "The DPoP proof does not hold"),
  PROOF_REPLAYED("jwt.proof_replayed", "invalid_dpop_proof", "The DPoP proof was used before"),
  PROOF_NONCE("jwt.proof_nonce", "use_dpop_nonce", "The DPoP proof needs the server's nonce");

  /** The challenge of somebody who has shown nothing. */
  static final String BEARER = "Bearer";

  /** The same of those that take tokens with proofs. */
  static final String DPOP =
      "DPoP algs=\""
          + EnumSet.range(JwsAlgorithm.RS256, JwsAlgorithm.EDDSA).stream()
              .map(JwsAlgorithm::text)
              .collect(Collectors.joining(" "))
          + "\"";

  private static final int UNAUTHORIZED = 401;

  private final String reason;
  private final boolean proof;
  private final String error;

  Refusal(String reason, String description) {
    this(reason, false, "invalid_token", description);
  }

  Refusal(String reason, String error, String description) {
    this(reason, true, error, description);
  }

  Refusal(String reason, boolean proof, String error, String description) {
    this.reason = reason;
    this.proof = proof;
    this.error = "error=\"" + error + "\", error_description=\"" + description + "\"";
  }

  /**
   * @param detail for the log; nothing of the token
   */
  Failure failure(String detail) {
    // To be told a nonce is no fault of the caller's, and does not count as a guess.
    return this == PROOF_NONCE
        ? Failure.gateway(Stage.AUTHENTICATE, UNAUTHORIZED, reason, detail)
        : Failure.client(Stage.AUTHENTICATE, UNAUTHORIZED, reason, detail);
  }

  /** The challenge that goes with a failure; null if it is not about a token. */
  static @Nullable String challenge(Failure failure) {
    for (Refusal refusal : values()) {
      if (refusal.reason.equals(failure.reason())) {
        return refusal.proof ? DPOP + ", " + refusal.error : BEARER + " " + refusal.error;
      }
    }
    return null;
  }
}
