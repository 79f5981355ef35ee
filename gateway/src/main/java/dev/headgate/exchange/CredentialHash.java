package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * The SHA-256 of credentials, by which policies know those that they have seen or were told of: so
 * no credential is kept, and where one stands in a table tells nothing of it.
 */
@LoopConfined
public final class CredentialHash {
  /** The length of a hash in bytes. */
  public static final int LENGTH = 32;

  private final MessageDigest sha256;
  private final byte[] key;
  private final byte[] hash = new byte[LENGTH];

  public CredentialHash() {
    this(new byte[0]);
  }

  private CredentialHash(byte[] key) {
    this.key = key;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Hashes that nobody can know beforehand, for tables in which strangers decide what is
   * remembered: a random key goes before what is hashed. They never leave the process, so that what
   * SHA-256 lacks as a MAC is no matter.
   */
  public static CredentialHash keyed() {
    byte[] key = new byte[LENGTH];
    new SecureRandom().nextBytes(key);
    return new CredentialHash(key);
  }

  /**
   * The hash of the credential that was read last.
   *
   * @param length as {@link CredentialPlace#read} gave it
   * @return an array that the next call writes over
   */
  public byte[] of(CredentialPlace place, int length) {
    begin();
    sha256.update(place.bytes(), place.from(), length);
    return end();
  }

  /** Begins the hash of several parts; see {@link #add}. */
  public void begin() {
    sha256.update(key);
  }

  /** Takes in a part; where it ends is part of the hash. */
  public void add(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    for (int shift = 24; shift >= 0; shift -= 8) {
      sha256.update((byte) (length >>> shift));
    }
    sha256.update(bytes);
  }

  /** The hash of all parts, in an array that the next call writes over. */
  public byte[] end() {
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
