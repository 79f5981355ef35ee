package dev.headgate.policy.httpsignature;

import dev.headgate.concurrent.Shared;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
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
  private final Key key;

  private SigningKey(SignatureAlgorithm algorithm, Key key) {
    this.algorithm = algorithm;
    this.key = key;
  }

  static SigningKey secret(byte[] secret) {
    return new SigningKey(SignatureAlgorithm.HMAC_SHA256, new SecretKeySpec(secret, "HmacSHA256"));
  }

  /**
   * A public key.
   *
   * @param wanted its algorithm; null for the one that follows from it
   * @throws InvalidKeyException if no algorithm takes it, or not the wanted one
   */
  static SigningKey of(PublicKey key, @Nullable SignatureAlgorithm wanted)
      throws InvalidKeyException {
    SignatureAlgorithm own =
        switch (key) {
          case RSAPublicKey rsa -> rsa(rsa, wanted);
          case ECPublicKey ec -> onCurve(ec);
          case EdECPublicKey _ -> SignatureAlgorithm.ED25519;
          default -> throw new InvalidKeyException("has a key of an unknown kind");
        };
    if (wanted != null && wanted != own) {
      throw new InvalidKeyException("has a key for " + own.text());
    }
    return new SigningKey(own, key);
  }

  private static SignatureAlgorithm rsa(RSAPublicKey key, @Nullable SignatureAlgorithm wanted)
      throws InvalidKeyException {
    int bits = key.getModulus().bitLength();
    if (bits < SMALLEST_RSA || bits > LARGEST_RSA) {
      throw new InvalidKeyException(
          "has an RSA key of " + bits + " bits, not " + SMALLEST_RSA + " to " + LARGEST_RSA);
    }
    return wanted == SignatureAlgorithm.RSA_V1_5_SHA256
        ? wanted
        : SignatureAlgorithm.RSA_PSS_SHA512;
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
    return !(key instanceof SecretKey);
  }

  /** Whether the signature is this key's. */
  boolean verifies(byte[] base, byte[] signature) {
    try {
      return switch (algorithm) {
        case HMAC_SHA256 -> MessageDigest.isEqual(mac(base), signature);
        case ED25519 -> verifies("Ed25519", base, signature);
        // Both numbers one after the other, as Java calls that format (RFC 9421 section 3.3.4).
        case ECDSA_P256_SHA256 -> verifies("SHA256withECDSAinP1363Format", base, signature);
        case ECDSA_P384_SHA384 -> verifies("SHA384withECDSAinP1363Format", base, signature);
        case RSA_V1_5_SHA256 -> verifies("SHA256withRSA", base, signature);
        case RSA_PSS_SHA512 -> verifies("RSASSA-PSS", base, signature);
      };
    } catch (GeneralSecurityException e) {
      // What it is about the signature that no verifier could read.
      return false;
    }
  }

  private byte[] mac(byte[] base) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(key);
    return mac.doFinal(base);
  }

  private boolean verifies(String name, byte[] base, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance(name);
    if (algorithm == SignatureAlgorithm.RSA_PSS_SHA512) {
      verifier.setParameter(PSS);
    }
    verifier.initVerify((PublicKey) key);
    verifier.update(base);
    return verifier.verify(signature);
  }

  @Override
  public String toString() {
    return "SigningKey[" + algorithm.text() + "]";
  }
}
