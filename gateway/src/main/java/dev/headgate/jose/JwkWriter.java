package dev.headgate.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes public keys as JSON Web Keys (RFC 7517), named by their thumbprints (RFC 7638). Pure. */
public final class JwkWriter {
  private static final int ED25519_KEY = 32;

  private JwkWriter() {}

  /** The SHA-256 thumbprint of a key, in base64url. */
  public static String thumbprint(PublicKey key) throws InvalidKeyException {
    try {
      return jwk(key).computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new InvalidKeyException("has no thumbprint", e);
    }
  }

  /** A key set of keys that gateways sign with, for verifiers to fetch. */
  public static String set(List<PublicKey> keys) throws InvalidKeyException {
    List<JWK> all = new ArrayList<>();
    for (PublicKey key : keys) {
      String id = thumbprint(key);
      String algorithm = TokenSigner.algorithm(key).text();
      all.add(
          switch (jwk(key)) {
            case ECKey ec ->
                new ECKey.Builder(ec)
                    .keyID(id)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(com.nimbusds.jose.Algorithm.parse(algorithm))
                    .build();
            case OctetKeyPair pair ->
                new OctetKeyPair.Builder(pair)
                    .keyID(id)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(com.nimbusds.jose.Algorithm.parse(algorithm))
                    .build();
            default -> throw new InvalidKeyException("is of a kind that nothing is signed with");
          });
    }
    return new JWKSet(all).toString(true);
  }

  private static JWK jwk(PublicKey key) throws InvalidKeyException {
    return switch (key) {
      case RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
      case ECPublicKey ec -> {
        Curve curve = Curve.forECParameterSpec(ec.getParams());
        if (curve == null) {
          throw new InvalidKeyException("is on a curve that is not known");
        }
        yield new ECKey.Builder(curve, ec).build();
      }
      default -> {
        byte[] encoded = key.getEncoded();
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - ED25519_KEY, encoded.length);
        yield new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).build();
      }
    };
  }
}
