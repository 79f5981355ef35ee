package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals what is given into a browser's keeping: nobody else can read it or make one like it.
 * AES-256-GCM with a random nonce; the keys are derived (HKDF, RFC 5869) from the user's for one
 * purpose each, so that what was sealed for one is nothing for another. The first key seals, all of
 * them open.
 */
@LoopConfined
final class Seal {
  private static final byte VERSION = 1;
  private static final int NONCE = 12;
  private static final int TAG = 16;

  private final List<SecretKey> keys;
  private final byte[] purpose;
  private final SecureRandom random;
  private final Cipher cipher;

  /**
   * @param keys from {@link #keys}
   * @param random may read the system's source, which never waits
   */
  Seal(List<SecretKey> keys, String purpose, SecureRandom random) {
    this.keys = keys;
    this.purpose = purpose.getBytes(StandardCharsets.UTF_8);
    this.random = random;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /** Derives the keys for a purpose. */
  static List<SecretKey> keys(List<String> secrets, String purpose) {
    try {
      KDF hkdf = KDF.getInstance("HKDF-SHA256");
      List<SecretKey> keys = new ArrayList<>();
      for (String secret : secrets) {
        keys.add(
            hkdf.deriveKey(
                "AES",
                HKDFParameterSpec.ofExtract()
                    .addIKM(secret.getBytes(StandardCharsets.UTF_8))
                    .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), 32)));
      }
      return List.copyOf(keys);
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("this Java has HKDF", e);
    }
  }

  /** Seals it, as text that can stand in a cookie. */
  String seal(byte[] plain) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] sealed = new byte[1 + NONCE + plain.length + TAG];
    sealed[0] = VERSION;
    System.arraycopy(nonce, 0, sealed, 1, NONCE);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, keys.getFirst(), new GCMParameterSpec(TAG * 8, nonce));
      cipher.updateAAD(purpose);
      cipher.doFinal(plain, 0, plain.length, sealed, 1 + NONCE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM takes any bytes", e);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /** What was sealed; null if it was not by one of the keys and for this purpose. */
  byte @Nullable [] open(String text) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (sealed.length < 1 + NONCE + TAG || sealed[0] != VERSION) {
      return null;
    }
    for (SecretKey key : keys) {
      try {
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG * 8, sealed, 1, NONCE));
        cipher.updateAAD(purpose);
        return cipher.doFinal(sealed, 1 + NONCE, sealed.length - 1 - NONCE);
      } catch (GeneralSecurityException e) {
        // Perhaps by another key.
        continue;
      }
    }
    return null;
  }
}
