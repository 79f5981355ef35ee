package dev.headgate.policy.httpsignature;

import dev.headgate.jose.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A client that signs, with the JDK alone. */
record MessageSigner(SignatureAlgorithm algorithm, @Nullable KeyPair pair, byte[] secret) {
  static MessageSigner of(SignatureAlgorithm algorithm) {
    try {
      KeyPairGenerator generator =
          switch (algorithm) {
            case RSA_PSS_SHA512, RSA_V1_5_SHA256 -> KeyPairGenerator.getInstance("RSA");
            case ED25519 -> KeyPairGenerator.getInstance("Ed25519");
            default -> KeyPairGenerator.getInstance("EC");
          };
      if (algorithm == SignatureAlgorithm.ECDSA_P256_SHA256) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else if (algorithm == SignatureAlgorithm.ECDSA_P384_SHA384) {
        generator.initialize(new ECGenParameterSpec("secp384r1"));
      }
      return new MessageSigner(algorithm, generator.generateKeyPair(), new byte[0]);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static MessageSigner secret(byte[] secret) {
    return new MessageSigner(SignatureAlgorithm.HMAC_SHA256, null, secret);
  }

  /** The public key as a PEM file. */
  String pem() {
    return SigningKey.pem("PUBLIC KEY", java.util.Objects.requireNonNull(pair).getPublic());
  }

  byte[] sign(String base) {
    byte[] bytes = base.getBytes(StandardCharsets.US_ASCII);
    try {
      if (pair == null) {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return mac.doFinal(bytes);
      }
      Signature signature =
          Signature.getInstance(
              switch (algorithm) {
                case RSA_PSS_SHA512 -> "RSASSA-PSS";
                case RSA_V1_5_SHA256 -> "SHA256withRSA";
                case ECDSA_P256_SHA256 -> "SHA256withECDSAinP1363Format";
                case ECDSA_P384_SHA384 -> "SHA384withECDSAinP1363Format";
                default -> "Ed25519";
              });
      if (algorithm == SignatureAlgorithm.RSA_PSS_SHA512) {
        signature.setParameter(
            new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
      }
      signature.initSign(pair.getPrivate());
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The field Signature. */
  String signature(String label, String base) {
    return "Signature: " + label + "=:" + Base64.getEncoder().encodeToString(sign(base)) + ":";
  }
}
