package dev.headgate.pem;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import javax.crypto.KeyAgreement;

/**
 * Public keys: out of PEM blocks, and out of the private keys that they belong to.
 *
 * <p>The JDK has no way from a private key to its public one. For Ed25519 a pair is made anew with
 * the private key in the place of chance. For a curve, the public key is the point G times the
 * private number: a key agreement with G as the other's key gives its x, the curve two y for it,
 * and a signature tells which of them is right.
 */
public final class PublicKeys {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");
  private static final byte[] TRIED = {1, 2, 3};

  private PublicKeys() {}

  /** Whether a block's label is one of a public key. */
  public static boolean isKey(String label) {
    return label.endsWith("PUBLIC KEY");
  }

  /**
   * The key of a file that holds a public key, or a private one, of which it is the public half.
   *
   * @param pem the file's bytes
   * @throws InvalidKeyException if there is none, or several, or as {@link #decode} does
   */
  public static PublicKey read(byte[] pem) throws InvalidKeyException {
    List<Pem.Block> blocks =
        Pem.of(pem).blocks().stream()
            .filter(block -> isKey(block.label()) || PrivateKeys.isKey(block.label()))
            .toList();
    if (blocks.size() != 1) {
      throw new InvalidKeyException(blocks.isEmpty() ? "has no key" : "has several keys");
    }
    Pem.Block block = blocks.getFirst();
    return isKey(block.label()) ? decode(block) : of(PrivateKeys.decode(block));
  }

  /**
   * The key of a block.
   *
   * @throws InvalidKeyException if it is in another form or of a kind that cannot be used; the
   *     message is for a person
   */
  public static PublicKey decode(Pem.Block block) throws InvalidKeyException {
    if (!block.label().equals("PUBLIC KEY")) {
      throw new InvalidKeyException(
          "has a key of an unknown form: " + block.label() + " (openssl pkey -pubout writes one)");
    }
    X509EncodedKeySpec spec = new X509EncodedKeySpec(block.der());
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(spec);
      } catch (InvalidKeySpecException e) {
        continue; // The next algorithm's turn.
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new InvalidKeyException("has no usable key: RSA, EC (P-256, P-384, P-521) or Ed25519");
  }

  /** The public key that belongs to a private one. */
  public static PublicKey of(PrivateKey key) throws InvalidKeyException {
    try {
      return switch (key) {
        case RSAPrivateCrtKey rsa ->
            KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
        case ECPrivateKey ec -> onCurve(ec);
        case EdECPrivateKey ed -> ed25519(ed);
        default -> throw new InvalidKeyException("has a key of an unknown kind");
      };
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException("has a key that is not valid");
    }
  }

  private static PublicKey ed25519(EdECPrivateKey key) throws GeneralSecurityException {
    byte[] secret = key.getBytes().orElseThrow(() -> new InvalidKeyException("hidden"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(
        NamedParameterSpec.ED25519,
        new SecureRandom() {
          private static final long serialVersionUID = 1;

          @Override
          public void nextBytes(byte[] bytes) {
            System.arraycopy(secret, 0, bytes, 0, bytes.length);
          }
        });
    return proven(key, generator.generateKeyPair().getPublic(), "Ed25519");
  }

  private static PublicKey onCurve(ECPrivateKey key) throws GeneralSecurityException {
    ECParameterSpec curve = key.getParams();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(key);
    agreement.doPhase(point(curve.getGenerator(), curve), true);
    BigInteger x = new BigInteger(1, agreement.generateSecret());
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger square =
        x.pow(3).add(curve.getCurve().getA().multiply(x)).add(curve.getCurve().getB());
    // A root modulo p, as p is 3 modulo 4 on all three curves.
    BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    try {
      return proven(key, point(new ECPoint(x, y), curve), "SHA256withECDSA");
    } catch (InvalidKeyException e) {
      return proven(key, point(new ECPoint(x, p.subtract(y)), curve), "SHA256withECDSA");
    }
  }

  private static PublicKey point(ECPoint point, ECParameterSpec curve)
      throws GeneralSecurityException {
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
  }

  private static PublicKey proven(PrivateKey key, PublicKey half, String algorithm)
      throws GeneralSecurityException {
    java.security.Signature signature = java.security.Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(TRIED);
    byte[] made = signature.sign();
    signature.initVerify(half);
    signature.update(TRIED);
    if (!signature.verify(made)) {
      throw new InvalidKeyException("not its public key");
    }
    return half;
  }
}
