package dev.headgate.jose;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.headgate.concurrent.Shared;
import dev.headgate.config.SecretText;
import dev.headgate.pem.PublicKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs tokens of the gateway's own (RFC 7515) with one key, which decides the algorithm: EdDSA,
 * ES256, or HS256 with a secret. Immutable.
 */
@Shared
public final class TokenSigner {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final int P256_BITS = 256;

  private final JwsAlgorithm algorithm;
  private final Key key;
  private final String header;

  private TokenSigner(JwsAlgorithm algorithm, Key key, String keyId) {
    this.algorithm = algorithm;
    this.key = key;
    String named = keyId.isEmpty() ? "" : "\"kid\":\"" + keyId + "\",";
    this.header = base64("{\"alg\":\"" + algorithm.text() + "\"," + named + "\"typ\":\"JWT\"}");
  }

  /**
   * @param key of Ed25519, or on the curve P-256
   */
  public static TokenSigner of(PrivateKey key) throws InvalidKeyException {
    PublicKey half = PublicKeys.of(key);
    return new TokenSigner(algorithm(half), key, JwkWriter.thumbprint(half));
  }

  /**
   * @param secret of 32 bytes or more
   */
  public static TokenSigner secret(SecretText secret) {
    byte[] bytes = secret.reveal().getBytes(StandardCharsets.UTF_8);
    return new TokenSigner(JwsAlgorithm.HS256, new SecretKeySpec(bytes, "HmacSHA256"), "");
  }

  /** What is signed with the private half of that key. */
  static JwsAlgorithm algorithm(PublicKey key) throws InvalidKeyException {
    if (key instanceof EdECPublicKey) {
      return JwsAlgorithm.EDDSA;
    }
    if (key instanceof ECPublicKey ec
        && ec.getParams().getCurve().getField().getFieldSize() == P256_BITS) {
      return JwsAlgorithm.ES256;
    }
    throw new InvalidKeyException(
        "is not for Ed25519 or P-256 (openssl genpkey -algorithm ed25519)");
  }

  /** A token of those claims, in its compact form. Slow but for a secret, and not for a loop. */
  public String sign(Map<String, Object> claims) throws GeneralSecurityException {
    String signed = header + "." + base64(JSONObjectUtils.toJSONString(claims));
    return signed + "." + BASE64.encodeToString(sign(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private byte[] sign(byte[] bytes) throws GeneralSecurityException {
    if (!(key instanceof PrivateKey signing)) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(bytes);
    }
    Signature signature =
        Signature.getInstance(
            algorithm == JwsAlgorithm.EDDSA ? "Ed25519" : "SHA256withECDSAinP1363Format");
    signature.initSign(signing);
    signature.update(bytes);
    return signature.sign();
  }

  private static String base64(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
