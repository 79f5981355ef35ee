package dev.headgate.jwe;

import com.nimbusds.jose.JWEAlgorithm;
import dev.headgate.config.Spelled;
import org.jspecify.annotations.Nullable;

/**
 * The ways to hand over a token's content key that can be taken (RFC 7518 section 4.1). Not those
 * with a secret that others have too, nor RSA1_5, which can be made to tell what it decrypts.
 */
public enum JweAlgorithm implements Spelled {
  RSA_OAEP("RSA-OAEP", Family.RSA),
  RSA_OAEP_256("RSA-OAEP-256", Family.RSA),
  ECDH_ES("ECDH-ES", Family.EC),
  ECDH_ES_A128KW("ECDH-ES+A128KW", Family.EC),
  ECDH_ES_A256KW("ECDH-ES+A256KW", Family.EC);

  /** What kind of key it takes. */
  enum Family {
    RSA,
    EC
  }

  private final String text;
  private final Family family;

  JweAlgorithm(String text, Family family) {
    this.text = text;
    this.family = family;
  }

  @Override
  public String text() {
    return text;
  }

  Family family() {
    return family;
  }

  /** Whether it comes with a key of its own, or a point of the curve is all there is. */
  boolean hasKey() {
    return this != ECDH_ES;
  }

  JWEAlgorithm nimbus() {
    return JWEAlgorithm.parse(text);
  }

  /** The algorithm of that name, or null. Case counts. */
  static @Nullable JweAlgorithm of(String name) {
    for (JweAlgorithm algorithm : values()) {
      if (algorithm.text.equals(name)) {
        return algorithm;
      }
    }
    return null;
  }
}
