package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The SHA-256 of credentials, by which policies know those that they have seen or were told of: so
 * no credential is kept, and where one stands in a table tells nothing of it.
 */
@LoopConfined
public final class CredentialHash {
  /** The length of a hash in bytes. */
  public static final int LENGTH = 32;

  private final MessageDigest sha256;
  private final byte[] hash = new byte[LENGTH];

  public CredentialHash() {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * The hash of the credential that was read last.
   *
   * @param length as {@link CredentialPlace#read} gave it
   * @return an array that the next call writes over
   */
  public byte[] of(CredentialPlace place, int length) {
    sha256.update(place.bytes(), place.from(), length);
    try {
      sha256.digest(hash, 0, LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
    return hash;
  }

  /**
   * Compares a hash with one of many that lie in one array, in constant time, as {@link
   * MessageDigest#isEqual} does with arrays of their own.
   *
   * @param from where it begins among them
   */
  public static boolean equal(byte[] hash, byte[] many, int from) {
    int difference = 0;
    for (int i = 0; i < LENGTH; i++) {
      difference |= hash[i] ^ many[from + i];
    }
    return difference == 0;
  }
}
