package dev.headgate.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.headgate.config.Shown;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON Web Key Set (RFC 7517 section 5), key by key: one that cannot be used is left out
 * with a reason, and the others stay. Pure.
 */
public final class JwkReader {
  private static final int MOST_KEYS = 100;
  private static final int FEWEST_RSA_BITS = 2048;
  private static final int MOST_RSA_BITS = 8192;
  private static final int MOST_EXPONENT_BITS = 64;

  /** What is read of a key; certificates and the rest are nothing that is needed here. */
  private static final Set<String> READ =
      Set.of("kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y");

  private static final Set<String> PRIVATE =
      Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv");

  /** SubjectPublicKeyInfo of an Ed25519 key, up to the key's 32 bytes (RFC 8410 section 10.1). */
  private static final byte[] ED25519_PREFIX = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  private static final int ED25519_KEY = 32;

  private final List<VerificationKey> keys = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  private JwkReader() {}

  /** Reads a key set. Where no key can be used the set is empty. */
  public static KeySet read(byte[] json) throws Malformed {
    if (!(StrictJson.object(json).get("keys") instanceof List<?> list)) {
      throw new Malformed("no list of 'keys'");
    }
    if (list.size() > MOST_KEYS) {
      throw new Malformed("more than " + MOST_KEYS + " keys");
    }
    JwkReader reader = new JwkReader();
    int number = 0;
    for (Object item : list) {
      number++;
      try {
        reader.add(item);
      } catch (Malformed e) {
        reader.refused.add(name(number, item) + ": " + e.getMessage());
      }
    }
    return new KeySet(reader.keys, reader.refused);
  }

  private static String name(int number, Object item) {
    return item instanceof Map<?, ?> jwk && jwk.get("kid") instanceof String id
        ? "key " + Shown.quoted(id)
        : "key " + number;
  }

  private void add(Object item) throws Malformed {
    VerificationKey key = key(item);
    for (VerificationKey other : keys) {
      if (key.equals(other)) {
        throw new Malformed("there twice");
      }
      boolean sameId = key.id() != null && key.id().equals(other.id());
      if (sameId && !Collections.disjoint(key.algorithms(), other.algorithms())) {
        throw new Malformed("another key has its 'kid'");
      }
    }
    keys.add(key);
  }

  /** The public key that a JSON Web Key is. */
  static VerificationKey key(@Nullable Object item) throws Malformed {
    if (!(item instanceof Map<?, ?> members)) {
      throw new Malformed("no JSON object");
    }
    Map<String, Object> jwk = new HashMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String name = (String) member.getKey();
      if (name.equals("kty") && "oct".equals(member.getValue())) {
        throw new Malformed("a secret, which nobody may publish");
      }
      if (PRIVATE.contains(name)) {
        throw new Malformed(
            "a private key: it is known to all who read this, so it proves nothing");
      }
      if (READ.contains(name)) {
        jwk.put(name, member.getValue());
      }
    }
    return key(parse(jwk));
  }

  private static JWK parse(Map<String, Object> jwk) throws Malformed {
    try {
      return JWK.parse(jwk);
    } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
      throw new Malformed("malformed: " + Shown.shortened(String.valueOf(e.getMessage()), 120));
    }
  }

  private static VerificationKey key(JWK jwk) throws Malformed {
    if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
      throw new Malformed("not for signatures ('use')");
    }
    if (jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)) {
      throw new Malformed("not for verifying ('key_ops')");
    }
    try {
      return switch (jwk) {
        case RSAKey rsa -> {
          RSAPublicKey key = rsa.toRSAPublicKey();
          checkRsa(key);
          yield VerificationKey.of(
              jwk.getKeyID(),
              pinned(jwk, EnumSet.range(JwsAlgorithm.RS256, JwsAlgorithm.PS512)),
              key);
        }
        case ECKey ec ->
            VerificationKey.of(
                jwk.getKeyID(),
                pinned(jwk, EnumSet.of(onCurve(ec.getCurve()))),
                ec.toECPublicKey());
        case OctetKeyPair pair ->
            VerificationKey.of(
                jwk.getKeyID(), pinned(jwk, EnumSet.of(JwsAlgorithm.EDDSA)), ed25519(pair));
        default -> throw new Malformed("of a kind that is not known ('kty')");
      };
    } catch (JOSEException | GeneralSecurityException | IllegalArgumentException e) {
      throw new Malformed("no valid key");
    }
  }

  /** An RSA key can be as weak as its owner likes, or as slow to use. */
  private static void checkRsa(RSAPublicKey key) throws Malformed {
    int bits = key.getModulus().bitLength();
    if (bits < FEWEST_RSA_BITS || bits > MOST_RSA_BITS) {
      throw new Malformed(
          "an RSA key of "
              + bits
              + " bits; it must have "
              + FEWEST_RSA_BITS
              + " to "
              + MOST_RSA_BITS);
    }
    BigInteger exponent = key.getPublicExponent();
    if (exponent.bitLength() < 2
        || exponent.bitLength() > MOST_EXPONENT_BITS
        || !exponent.testBit(0)
        || !key.getModulus().testBit(0)) {
      throw new Malformed("an RSA key with an unsafe exponent or modulus");
    }
  }

  private static JwsAlgorithm onCurve(Curve curve) throws Malformed {
    if (curve.equals(Curve.P_256)) {
      return JwsAlgorithm.ES256;
    }
    if (curve.equals(Curve.P_384)) {
      return JwsAlgorithm.ES384;
    }
    if (curve.equals(Curve.P_521)) {
      return JwsAlgorithm.ES512;
    }
    throw new Malformed("on a curve that is not known");
  }

  private static PublicKey ed25519(OctetKeyPair pair) throws Malformed, GeneralSecurityException {
    byte[] x = pair.getDecodedX();
    if (!pair.getCurve().equals(Curve.Ed25519) || x.length != ED25519_KEY) {
      throw new Malformed("not an Ed25519 key");
    }
    byte[] encoded = new byte[ED25519_PREFIX.length + ED25519_KEY];
    System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
    System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, ED25519_KEY);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** What the key says of its algorithm narrows down what its kind allows. */
  private static Set<JwsAlgorithm> pinned(JWK jwk, Set<JwsAlgorithm> possible) throws Malformed {
    if (jwk.getAlgorithm() == null) {
      return possible;
    }
    JwsAlgorithm algorithm = JwsAlgorithm.of(jwk.getAlgorithm().getName());
    if (algorithm == null || !possible.contains(algorithm)) {
      throw new Malformed("its 'alg' is none that such a key verifies");
    }
    return Set.of(algorithm);
  }
}
