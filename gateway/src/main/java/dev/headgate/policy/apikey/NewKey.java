package dev.headgate.policy.apikey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * An API key that was just made: {@code hg_}, an id of 8 letters and digits, {@code _}, a secret of
 * 32 (190 bits), and 6 that are the CRC-32 of all before them. So who finds one lying about sees
 * what it is and whose, and a scanner can tell it from a text that only looks like it.
 */
public final class NewKey {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String PREFIX = "hg_";
  private static final int ID = 8;
  private static final int SECRET = 32;
  private static final int CHECKSUM = 6;

  private final String id;
  private final String text;

  private NewKey(String id, String text) {
    this.id = id;
    this.text = text;
  }

  /** Makes one. */
  public static NewKey make(SecureRandom random) {
    String id = PREFIX + letters(random, ID);
    String body = id + "_" + letters(random, SECRET);
    return new NewKey(id, body + checksum(body));
  }

  private static String letters(RandomGenerator random, int count) {
    StringBuilder out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    return out.toString();
  }

  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    StringBuilder out = new StringBuilder(CHECKSUM);
    long rest = crc.getValue();
    for (int i = 0; i < CHECKSUM; i++) {
      out.append(DIGITS.charAt((int) (rest % DIGITS.length())));
      rest /= DIGITS.length();
    }
    return out.reverse().toString();
  }

  /** Whether a text has the form of such a key, checksum and all. */
  public static boolean isOne(String text) {
    int body = text.length() - CHECKSUM;
    return text.length() == PREFIX.length() + ID + 1 + SECRET + CHECKSUM
        && text.startsWith(PREFIX)
        && text.charAt(PREFIX.length() + ID) == '_'
        && text.substring(body).equals(checksum(text.substring(0, body)));
  }

  /** What it is called, and begins with. */
  public String id() {
    return id;
  }

  /** The key itself. */
  public String text() {
    return text;
  }

  /** Its SHA-256 in hexadecimal digits, as the configuration has it. */
  public String sha256() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "NewKey[" + id + "]";
  }
}
