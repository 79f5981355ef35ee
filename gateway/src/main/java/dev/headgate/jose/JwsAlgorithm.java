package dev.headgate.jose;

import com.nimbusds.jose.JWSAlgorithm;
import dev.headgate.config.Spelled;
import org.jspecify.annotations.Nullable;

/** The ways to sign a token that there are (RFC 7518 section 3.1, RFC 8037). */
public enum JwsAlgorithm implements Spelled {
  RS256("RS256", Family.RSA),
  RS384("RS384", Family.RSA),
  RS512("RS512", Family.RSA),
  PS256("PS256", Family.RSA),
  PS384("PS384", Family.RSA),
  PS512("PS512", Family.RSA),
  ES256("ES256", Family.EC),
  ES384("ES384", Family.EC),
  ES512("ES512", Family.EC),
  EDDSA("EdDSA", Family.ED25519),
  HS256("HS256", Family.SECRET),
  HS384("HS384", Family.SECRET),
  HS512("HS512", Family.SECRET);

  /** What kind of key it takes. */
  public enum Family {
    RSA,
    EC,
    ED25519,
    SECRET
  }

  private final String text;
  private final Family family;

  JwsAlgorithm(String text, Family family) {
    this.text = text;
    this.family = family;
  }

  @Override
  public String text() {
    return text;
  }

  public Family family() {
    return family;
  }

  JWSAlgorithm nimbus() {
    return new JWSAlgorithm(text);
  }

  /**
   * The algorithm of that name, or null. {@code Ed25519} is what RFC 9864 calls {@code EdDSA} with
   * that curve, the only one there is here. Case counts.
   */
  public static @Nullable JwsAlgorithm of(String name) {
    if (name.equals("Ed25519")) {
      return EDDSA;
    }
    for (JwsAlgorithm algorithm : values()) {
      if (algorithm.text.equals(name)) {
        return algorithm;
      }
    }
    return null;
  }
}
