package dev.headgate.jose;

import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import java.util.EnumSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a token does not hold, and how the caller is told (RFC 6750 section 3, RFC 9449 section 7.1).
 */
public enum Refusal {
  MALFORMED("malformed", "The token is malformed"),
  ENCRYPTION("encryption", "The token cannot be decrypted, or is not encrypted as it must be"),
  ALGORITHM("algorithm", "The token's signature algorithm is not accepted"),
  TYPE("type", "The token is of a type that is not accepted"),
  ISSUER("issuer", "The token was issued by somebody else"),
  AUDIENCE("audience", "The token is meant for somebody else"),
  EXPIRED("expired", "The token has expired"),
  NOT_YET("not_yet", "The token is not valid yet"),
  CLAIM("claim", "The token lacks a claim, or a claim is malformed"),
  KEY_UNKNOWN("key_unknown", "The token was signed with an unknown key"),
  SIGNATURE("signature", "The token's signature is not valid"),
  BINDING("binding", "The token is not bound to its caller as it must be"),
  CERTIFICATE("certificate", "The token is bound to another client certificate"),
  PROOF_UNBOUND("proof_unbound", "invalid_token", "The token is bound to no key"),
  PROOF_MISSING("proof_missing", "invalid_dpop_proof", "The token needs a DPoP proof"),
  PROOF("proof", "invalid_dpop_proof", "The DPoP proof does not hold"),
  PROOF_REPLAYED("proof_replayed", "invalid_dpop_proof", "The DPoP proof was used before"),
  PROOF_NONCE("proof_nonce", "use_dpop_nonce", "The DPoP proof needs the server's nonce"),
  INACTIVE("inactive", "The token is not active");

  /** The challenge of somebody who has shown nothing. */
  public static final String BEARER = "Bearer";

  /** The same of those that take tokens with proofs. */
  public static final String DPOP =
      "DPoP algs=\""
          + EnumSet.range(JwsAlgorithm.RS256, JwsAlgorithm.EDDSA).stream()
              .map(JwsAlgorithm::text)
              .collect(Collectors.joining(" "))
          + "\"";

  private static final int UNAUTHORIZED = 401;

  private final String word;
  private final boolean proof;
  private final String error;

  Refusal(String word, String description) {
    this(word, false, "invalid_token", description);
  }

  Refusal(String word, String error, String description) {
    this(word, true, error, description);
  }

  Refusal(String word, boolean proof, String error, String description) {
    this.word = word;
    this.proof = proof;
    this.error = "error=\"" + error + "\", error_description=\"" + description + "\"";
  }

  /**
   * What becomes of the request.
   *
   * @param kind the first word of the reason, the kind of the policy
   * @param detail for the log; nothing of the token
   */
  public Failure failure(String kind, String detail) {
    String reason = kind + "." + word;
    // To be told a nonce is no fault of the caller's, and does not count as a guess.
    return this == PROOF_NONCE
        ? Failure.gateway(Stage.AUTHENTICATE, UNAUTHORIZED, reason, detail)
        : Failure.client(Stage.AUTHENTICATE, UNAUTHORIZED, reason, detail);
  }

  /**
   * The challenge that goes with a failure of that kind of policy; null if it is not about a token.
   */
  public static @Nullable String challenge(String kind, Failure failure) {
    for (Refusal refusal : values()) {
      if (failure.reason().equals(kind + "." + refusal.word)) {
        return refusal.proof ? DPOP + ", " + refusal.error : BEARER + " " + refusal.error;
      }
    }
    return null;
  }
}
