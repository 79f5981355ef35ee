package dev.headgate.policy.jwt;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.SecretText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Nonces for proofs (RFC 9449 section 8). Time is cut into pieces, and a nonce is a MAC of the
 * number of its piece: nobody can know it before, and nothing need be kept. That of the piece
 * before is taken too, so that each serves for two to four minutes. Immutable.
 */
@Shared
final class Nonces {
  private static final long PIECE = Duration.ofMinutes(2).toMillis();
  private static final int BYTES = 16;

  private final SecretKey key;

  /**
   * @param secret null for one that is made up
   */
  Nonces(@Nullable SecretText secret) {
    byte[] bytes = new byte[32];
    if (secret == null) {
      new SecureRandom().nextBytes(bytes);
    } else {
      bytes = secret.reveal().getBytes(StandardCharsets.UTF_8);
    }
    this.key = new SecretKeySpec(bytes, "HmacSHA256");
  }

  /** The nonce of now. */
  String current(long wallMillis) {
    return of(wallMillis / PIECE);
  }

  boolean isTaken(String nonce, long wallMillis) {
    long piece = wallMillis / PIECE;
    return same(nonce, of(piece)) || same(nonce, of(piece - 1));
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private String of(long piece) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] whole = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(piece).array());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }
}
