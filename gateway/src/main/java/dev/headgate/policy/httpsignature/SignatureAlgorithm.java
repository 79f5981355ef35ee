package dev.headgate.policy.httpsignature;

import dev.headgate.config.Spelled;

/** The ways to sign a message that there are (RFC 9421 section 3.3). */
public enum SignatureAlgorithm implements Spelled {
  RSA_PSS_SHA512("rsa-pss-sha512"),
  RSA_V1_5_SHA256("rsa-v1_5-sha256"),
  ECDSA_P256_SHA256("ecdsa-p256-sha256"),
  ECDSA_P384_SHA384("ecdsa-p384-sha384"),
  ED25519("ed25519"),
  HMAC_SHA256("hmac-sha256");

  private final String text;

  SignatureAlgorithm(String text) {
    this.text = text;
  }

  @Override
  public String text() {
    return text;
  }
}
