package dev.headgate.jose;

import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Map;

/**
 * A proof that whoever sends a request has a key (RFC 9449 section 4.2), taken apart and not yet
 * believed. Here a token does bring its own key along: it proves nothing but that its sender has
 * that key, which {@link #thumbprint} names.
 *
 * @param claims all that it says
 */
public record DpopProof(
    CompactJws token,
    JwsAlgorithm algorithm,
    VerificationKey key,
    String thumbprint,
    Map<String, Object> claims) {
  private static final String TYPE = "dpop+jwt";

  /** Reads a proof: of the right type, with a public key that can have made its signature. */
  public static DpopProof parse(byte[] proof) throws Malformed {
    CompactJws token = CompactJws.parse(proof, 0, proof.length);
    if (!TYPE.equals(token.type())) {
      throw new Malformed("its 'typ' is not " + TYPE);
    }
    int dot = 0;
    while (proof[dot] != '.') {
      dot++;
    }
    Map<String, Object> header =
        StrictJson.object(CompactJws.base64url(Arrays.copyOf(proof, dot), 0, dot));
    VerificationKey key = JwkReader.key(header.get("jwk"));
    JwsAlgorithm algorithm = JwsAlgorithm.of(token.algorithm());
    if (algorithm == null || !key.algorithms().contains(algorithm)) {
      throw new Malformed("its 'alg' is not its key's");
    }
    try {
      return new DpopProof(
          token, algorithm, key, key.thumbprint(), StrictJson.object(token.payload()));
    } catch (InvalidKeyException e) {
      throw new Malformed("its key has no thumbprint");
    }
  }

  /** Whether the key that it brings made its signature. Slow, and not for a loop. */
  public boolean isSigned() {
    return key.verifies(algorithm, token);
  }

  /** Without its bytes: they are a credential for a while. */
  @Override
  public String toString() {
    return "DpopProof[" + thumbprint + "]";
  }
}
