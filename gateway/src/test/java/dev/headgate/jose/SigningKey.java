package dev.headgate.jose;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** An issuer's key: signs tokens and shows its public half, with the JDK alone. */
public final class SigningKey {
  private final String id;
  private final String algorithm;
  private final KeyPair pair;

  private SigningKey(String id, String algorithm, KeyPair pair) {
    this.id = id;
    this.algorithm = algorithm;
    this.pair = pair;
  }

  /** A key for that algorithm of RFC 7518. */
  public static SigningKey of(String id, String algorithm) {
    try {
      return new SigningKey(id, algorithm, pair(algorithm, 2048));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static SigningKey rsa(String id, int bits) {
    try {
      return new SigningKey(id, "RS256", pair("RS256", bits));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair(String algorithm, int bits) throws GeneralSecurityException {
    String family = algorithm.substring(0, 2);
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(
            family.equals("ES") ? "EC" : family.equals("Ed") ? "Ed25519" : "RSA");
    if (family.equals("ES")) {
      String curve =
          switch (algorithm) {
            case "ES256" -> "secp256r1";
            case "ES384" -> "secp384r1";
            default -> "secp521r1";
          };
      generator.initialize(new ECGenParameterSpec(curve));
    } else if (!family.equals("Ed")) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair();
  }

  public String id() {
    return id;
  }

  public KeyPair pair() {
    return pair;
  }

  /** The same key for another algorithm. */
  public SigningKey as(String other) {
    return new SigningKey(id, other, pair);
  }

  /** The public half's thumbprint (RFC 7638). */
  public String thumbprint() {
    try {
      return JwkWriter.thumbprint(pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key as a PEM file has it. */
  public static String pem(String label, Key key) {
    String base64 = Base64.getMimeEncoder().encodeToString(key.getEncoded());
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label);
  }

  /** The public half as a JSON Web Key, with further members. */
  public String jwk(String more) {
    String own =
        switch (pair.getPublic()) {
          case RSAPublicKey rsa ->
              "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\""
                  .formatted(number(rsa.getModulus(), 0), number(rsa.getPublicExponent(), 0));
          case ECPublicKey ec -> {
            int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
            yield "\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\""
                .formatted(
                    size == 32 ? "P-256" : size == 48 ? "P-384" : "P-521",
                    number(ec.getW().getAffineX(), size),
                    number(ec.getW().getAffineY(), size));
          }
          default -> {
            byte[] encoded = pair.getPublic().getEncoded();
            yield "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\""
                .formatted(
                    base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
          }
        };
    return "{" + own + (id.isEmpty() ? "" : ",\"kid\":\"" + id + "\"") + more + "}";
  }

  public String jwk() {
    return jwk("");
  }

  /** A key set of these keys. */
  public static String set(SigningKey... keys) {
    return "{\"keys\":["
        + String.join(",", Arrays.stream(keys).map(SigningKey::jwk).toList())
        + "]}";
  }

  /** A token of that payload. */
  public String token(String payload) {
    return token(
        "{\"alg\":\"%s\"%s}".formatted(algorithm, id.isEmpty() ? "" : ",\"kid\":\"" + id + "\""),
        payload);
  }

  /** A token of that header and payload, whatever they say. */
  public String token(String header, String payload) {
    String signed = base64(header) + "." + base64(payload);
    return signed + "." + base64(sign(signed));
  }

  /** The signature of a text. */
  public byte[] sign(String signed) {
    try {
      Signature signature = Signature.getInstance(name());
      if (algorithm.startsWith("PS")) {
        signature.setParameter(pss());
      }
      signature.initSign(pair.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String name() {
    String bits = algorithm.substring(2);
    return switch (algorithm.substring(0, 2)) {
      case "RS" -> "SHA" + bits + "withRSA";
      case "PS" -> "RSASSA-PSS";
      case "ES" -> "SHA" + bits + "withECDSAinP1363Format";
      default -> "Ed25519";
    };
  }

  private AlgorithmParameterSpec pss() {
    String digest = "SHA-" + algorithm.substring(2);
    int salt = Integer.parseInt(algorithm.substring(2)) / 8;
    return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1);
  }

  private static String number(BigInteger number, int size) {
    byte[] bytes = number.toByteArray();
    int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    byte[] plain = Arrays.copyOfRange(bytes, from, bytes.length);
    byte[] padded = new byte[Math.max(size, plain.length)];
    System.arraycopy(plain, 0, padded, padded.length - plain.length, plain.length);
    return base64(padded);
  }

  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  public static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }
}
