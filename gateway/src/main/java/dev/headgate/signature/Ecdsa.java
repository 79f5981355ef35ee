package dev.headgate.signature;

import dev.headgate.concurrent.Shared;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * Verifies ECDSA with SHA-2 on the NIST curves (FIPS 186-5), each curve with its own hash. A
 * signature is the two numbers one after the other, each as long as the curve's order, as tokens
 * and messages have it (RFC 7518 section 3.4, RFC 9421 section 3.3.4). Immutable.
 *
 * <p>By the library and not by the JDK, which took five to ten times as long for it where its
 * processor-specific code does not apply.
 */
@Shared
public final class Ecdsa {
  private final ECPublicKeyParameters key;
  private final String hash;
  private final int half;

  private Ecdsa(String curve, String hash, int half, ECPublicKey key) {
    X9ECParameters named = CustomNamedCurves.getByName(curve);
    this.key =
        new ECPublicKeyParameters(
            named.getCurve().createPoint(key.getW().getAffineX(), key.getW().getAffineY()),
            new ECDomainParameters(named));
    this.hash = hash;
    this.half = half;
  }

  /**
   * The verifier of a key.
   *
   * @throws IllegalArgumentException if it is on another curve than P-256, P-384 or P-521, or not a
   *     point of its curve
   */
  public static Ecdsa of(ECPublicKey key) {
    return switch (key.getParams().getOrder().bitLength()) {
      case 256 -> new Ecdsa("P-256", "SHA-256", 32, key);
      case 384 -> new Ecdsa("P-384", "SHA-384", 48, key);
      case 521 -> new Ecdsa("P-521", "SHA-512", 66, key);
      default -> throw new IllegalArgumentException("a curve that is not known");
    };
  }

  /** Whether the signature is this key's. Slow, and not for a loop. */
  public boolean verifies(byte[] signed, byte[] signature) {
    if (signature.length != 2 * half) {
      return false;
    }
    // The signer keeps state and costs nothing to make.
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, key);
    return verifier.verifySignature(digest(signed), number(signature, 0), number(signature, half));
  }

  private BigInteger number(byte[] signature, int from) {
    return new BigInteger(1, signature, from, half);
  }

  private byte[] digest(byte[] signed) {
    try {
      return MessageDigest.getInstance(hash).digest(signed);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + hash, e);
    }
  }
}
