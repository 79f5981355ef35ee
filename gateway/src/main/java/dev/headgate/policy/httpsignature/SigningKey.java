package dev.headgate.policy.httpsignature;

import dev.headgate.concurrent.Shared;
import dev.headgate.signature.Ecdsa;
import dev.headgate.signature.Ed25519;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key that signs, as far as it verifies, and the one algorithm that it is used with: a message
 * cannot choose. Immutable.
 */
@Shared
final class SigningKey {
  private static final int SMALLEST_RSA = 2048;
  private static final int LARGEST_RSA = 8192;
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1);

  private final SignatureAlgorithm algorithm;
  private final Verifier verifier;

  /** The check of a signature by one key. */
  private interface Verifier {
    boolean verifies(byte[] base, byte[] signature) throws GeneralSecurityException;
  }

  private SigningKey(SignatureAlgorithm algorithm, Verifier verifier) {
    this.algorithm = algorithm;
    this.verifier = verifier;
  }

  static SigningKey secret(byte[] secret) {
    return new SigningKey(
        SignatureAlgorithm.HMAC_SHA256, mac(new SecretKeySpec(secret, "HmacSHA256")));
  }

  /**
   * A public key.
   *
   * @param wanted its algorithm; null for the one that follows from it
   * @throws InvalidKeyException if no algorithm takes it, or not the wanted one
   */
  static SigningKey of(PublicKey key, @Nullable SignatureAlgorithm wanted)
      throws InvalidKeyException {
    SigningKey own = of(key, wanted == SignatureAlgorithm.RSA_V1_5_SHA256);
    if (wanted != null && wanted != own.algorithm) {
      throw new InvalidKeyException("has a key for " + own.algorithm.text());
    }
    return own;
  }

  private static SigningKey of(PublicKey key, boolean oldRsa) throws InvalidKeyException {
    try {
      return switch (key) {
        case RSAPublicKey rsa -> {
          checkSize(rsa);
          SignatureAlgorithm algorithm =
              oldRsa ? SignatureAlgorithm.RSA_V1_5_SHA256 : SignatureAlgorithm.RSA_PSS_SHA512;
          yield new SigningKey(algorithm, rsa(rsa, algorithm));
        }
        case ECPublicKey ec -> new SigningKey(onCurve(ec), Ecdsa.of(ec)::verifies);
        case EdECPublicKey _ ->
            new SigningKey(SignatureAlgorithm.ED25519, new Ed25519(key)::verifies);
        default -> throw new InvalidKeyException("has a key of an unknown kind");
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidKeyException("has a key that is not on its curve", e);
    }
  }

  private static void checkSize(RSAPublicKey key) throws InvalidKeyException {
    int bits = key.getModulus().bitLength();
    if (bits < SMALLEST_RSA || bits > LARGEST_RSA) {
      throw new InvalidKeyException(
          "has an RSA key of " + bits + " bits, not " + SMALLEST_RSA + " to " + LARGEST_RSA);
    }
  }

  private static SignatureAlgorithm onCurve(ECPublicKey key) throws InvalidKeyException {
    return switch (key.getParams().getCurve().getField().getFieldSize()) {
      case 256 -> SignatureAlgorithm.ECDSA_P256_SHA256;
      case 384 -> SignatureAlgorithm.ECDSA_P384_SHA384;
      default -> throw new InvalidKeyException("has a key on another curve than P-256 and P-384");
    };
  }

  SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether to verify with it takes longer than a loop may. */
  boolean slow() {
    return algorithm != SignatureAlgorithm.HMAC_SHA256;
  }

  /** Whether the signature is this key's. */
  boolean verifies(byte[] base, byte[] signature) {
    try {
      return verifier.verifies(base, signature);
    } catch (GeneralSecurityException e) {
      // What it is about the signature that no verifier could read.
      return false;
    }
  }

  private static Verifier mac(SecretKey key) {
    return (base, signature) -> {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return MessageDigest.isEqual(mac.doFinal(base), signature);
    };
  }

  private static Verifier rsa(RSAPublicKey key, SignatureAlgorithm algorithm) {
    boolean pss = algorithm == SignatureAlgorithm.RSA_PSS_SHA512;
    return (base, signature) -> {
      Signature verifier = Signature.getInstance(pss ? "RSASSA-PSS" : "SHA256withRSA");
      if (pss) {
        verifier.setParameter(PSS);
      }
      verifier.initVerify(key);
      verifier.update(base);
      return verifier.verify(signature);
    };
  }

  @Override
  public String toString() {
    return "SigningKey[" + algorithm.text() + "]";
  }
}
