package dev.headgate.policy.hmac;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The signatures of one request, made anew with each secret that may have been used, while the body
 * passes. At its end the verdict is told.
 */
@LoopConfined
final class SignatureCheck implements BodyInspector {
  private final List<Mac> macs = new ArrayList<>();
  private final @Nullable MessageDigest bodyHash;
  private final byte[] after;
  private final List<byte[]> shown;
  private final Function<byte @Nullable [], @Nullable Failure> verdict;

  /**
   * @param before what is signed before the body
   * @param after what is signed behind it
   * @param shown the signatures that the request has, of which one must hold
   * @param verdict given the signature that holds, or null
   */
  SignatureCheck(
      List<SecretKey> keys,
      SignedText.Body body,
      byte[] before,
      byte[] after,
      List<byte[]> shown,
      Function<byte @Nullable [], @Nullable Failure> verdict) {
    this.bodyHash = body == SignedText.Body.HASH ? sha256() : null;
    this.after = after;
    this.shown = shown;
    this.verdict = verdict;
    for (SecretKey key : keys) {
      Mac mac = begun(key);
      mac.update(before);
      macs.add(mac);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Mac begun(SecretKey key) {
    try {
      Mac mac = Mac.getInstance(key.getAlgorithm());
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC with SHA-2", e);
    }
  }

  @Override
  public @Nullable Failure piece(ByteBuffer piece) {
    if (bodyHash != null) {
      bodyHash.update(piece.duplicate());
    } else {
      for (int i = 0; i < macs.size(); i++) {
        macs.get(i).update(piece.duplicate());
      }
    }
    return null;
  }

  @Override
  public @Nullable Failure end() {
    byte[] hash =
        bodyHash == null
            ? new byte[0]
            : HexFormat.of().formatHex(bodyHash.digest()).getBytes(StandardCharsets.US_ASCII);
    byte[] holds = null;
    for (Mac mac : macs) {
      mac.update(hash);
      byte[] right = mac.doFinal(after);
      for (byte[] signature : shown) {
        if (MessageDigest.isEqual(right, signature)) {
          holds = right;
        }
      }
    }
    return verdict.apply(holds);
  }
}
