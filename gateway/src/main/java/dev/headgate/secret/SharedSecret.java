package dev.headgate.secret;

import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** A secret that both sides know, and sign with: bytes, which a configuration holds as text. */
public final class SharedSecret {
  private SharedSecret() {}

  /** How bytes are written as text. */
  public enum Encoding {
    /** The text itself, in UTF-8. */
    TEXT,
    BASE64,
    HEX
  }

  /**
   * The bytes.
   *
   * @throws IllegalArgumentException if it is not so encoded
   */
  public static byte[] bytes(SecretText secret, Encoding encoding) {
    String text = secret.reveal();
    return switch (encoding) {
      case TEXT -> text.getBytes(StandardCharsets.UTF_8);
      case BASE64 -> Base64.getDecoder().decode(text);
      case HEX -> HexFormat.of().parseHex(text);
    };
  }

  /**
   * Reports a secret that is not so encoded, or is so short that it could be guessed.
   *
   * @param fewest the fewest bytes that it may have
   */
  public static void check(
      String at, SecretText secret, Encoding encoding, int fewest, Problems problems) {
    try {
      if (bytes(secret, encoding).length < fewest) {
        problems.error(at, "the secret is too short", "it must have " + fewest + " bytes or more");
      }
    } catch (IllegalArgumentException e) {
      problems.error(
          at,
          "the secret is not written as 'encoding' says",
          "'text' takes its characters as they are");
    }
  }
}
