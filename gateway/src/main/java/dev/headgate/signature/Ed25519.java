package dev.headgate.signature;

import dev.headgate.concurrent.Shared;
import java.security.PublicKey;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * Verifies Ed25519 (RFC 8032). Immutable. By the library and not by the JDK, which took seven times
 * as long.
 */
@Shared
public final class Ed25519 {
  /** As X.509 encodes it: what kind of key it is, and then its 32 bytes (RFC 8410 section 4). */
  private static final int ENCODED = 44;

  private static final int KEY = 32;
  private static final int SIGNATURE = 64;

  private final Ed25519PublicKeyParameters key;

  /**
   * @throws IllegalArgumentException if it is of another curve, or not a point of this one
   */
  public Ed25519(PublicKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded.length != ENCODED) {
      throw new IllegalArgumentException("not an Ed25519 key");
    }
    this.key =
        new Ed25519PublicKeyParameters(
            Arrays.copyOfRange(encoded, encoded.length - KEY, encoded.length));
  }

  /** Whether the signature is this key's. Slow, and not for a loop. */
  public boolean verifies(byte[] signed, byte[] signature) {
    if (signature.length != SIGNATURE) {
      return false;
    }
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, key);
    verifier.update(signed, 0, signed.length);
    return verifier.verifySignature(signature);
  }
}
