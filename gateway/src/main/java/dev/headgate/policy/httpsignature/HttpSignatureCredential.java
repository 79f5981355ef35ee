package dev.headgate.policy.httpsignature;

import dev.headgate.config.Config;
import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.config.Shown;
import dev.headgate.secret.SharedSecret;
import org.jspecify.annotations.Nullable;

@Doc(
    "A key with which a caller signs its requests. A consumer can have several, so that one can be replaced while both"
        + " work.")
public record HttpSignatureCredential(
    @Doc(value = "How signatures name the key: their `keyid`.", example = "acme-1") String keyid,
    @Doc(
            value =
                "The public key, a PEM file: RSA of 2048 bits or more, EC on the curves P-256 or P-384, or Ed25519.",
            example = "keys/acme.pem")
        @Nullable String publicKey,
    @Doc(
            value =
                "A secret that both sides know, instead, for hmac-sha256; 32 bytes or more. Whoever can verify such a"
                    + " signature can make one: prefer a key.",
            example = "\"${env:ACME_SECRET}\"")
        @Nullable SecretText secret,
    @Doc("How the secret is written.") @Default("text") SharedSecret.Encoding encoding,
    @Doc(
            "What the key signs with; nothing that a signature says changes it. It follows from the key, but for RSA, where"
                + " it is rsa-pss-sha512 unless rsa-v1_5-sha256 is written here.")
        @Nullable SignatureAlgorithm algorithm) {
  private static final int LONGEST_KEYID = 256;
  private static final int SHORTEST_SECRET = 32;

  /** Reports what is wrong with it. */
  public static void check(
      String at, HttpSignatureCredential credential, Config whole, Problems problems) {
    String keyid = credential.keyid;
    if (keyid.isEmpty()
        || keyid.length() > LONGEST_KEYID
        || keyid.chars().anyMatch(c -> c < ' ' || c > '~')) {
      problems.error(
          at + ".keyid",
          Shown.quoted(keyid) + " is no key's name",
          "1 to " + LONGEST_KEYID + " characters of printable ASCII");
    }
    SecretText secret = credential.secret;
    if ((secret == null) == (credential.publicKey == null)) {
      problems.error(
          at, "a signature is made with a key or with a secret", "name 'publicKey' or 'secret'");
    }
    boolean hmac = credential.algorithm == SignatureAlgorithm.HMAC_SHA256;
    if (credential.algorithm != null && hmac == (secret == null)) {
      problems.error(
          at + ".algorithm",
          credential.algorithm.text() + " takes a " + (hmac ? "secret" : "key"),
          hmac ? "a public key is no secret" : "leave 'algorithm' out");
    }
    if (secret != null) {
      SharedSecret.check(at + ".secret", secret, credential.encoding, SHORTEST_SECRET, problems);
    }
  }
}
