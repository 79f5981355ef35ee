package dev.headgate.digest;

import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Failure;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.structured.Bare;
import dev.headgate.structured.FieldReader;
import dev.headgate.structured.Malformed;
import dev.headgate.structured.Member;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The digests that the field Content-Digest gives (RFC 9530 section 2): a dictionary of byte
 * sequences, such as {@code sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:}. Immutable.
 */
public final class BodyDigests {
  public static final HeaderName FIELD = HeaderName.of("content-digest");

  private static final int MOST = 16;
  private static final Map<String, String> ALGORITHMS =
      Map.of("sha-256", "SHA-256", "sha-512", "SHA-512");

  /** By Java's names of their algorithms. */
  private final Map<String, byte[]> known;

  private BodyDigests(Map<String, byte[]> known) {
    this.known = known;
  }

  /** The digests of a message; null if the field is malformed, or names an algorithm twice. */
  public static @Nullable BodyDigests of(Headers headers) {
    return read(String.join(", ", headers.all(FIELD)));
  }

  static @Nullable BodyDigests read(String field) {
    Map<String, Member> members;
    try {
      members = FieldReader.dictionary(field);
    } catch (Malformed e) {
      return null;
    }
    Map<String, byte[]> known = new HashMap<>();
    for (Map.Entry<String, Member> member : members.entrySet()) {
      if (!(member.getValue() instanceof Member.Item(Bare.Bytes(byte[] digest), var parameters))
          || !parameters.isEmpty()) {
        return null;
      }
      String algorithm = ALGORITHMS.get(member.getKey());
      if (algorithm != null) {
        known.put(algorithm, digest);
      }
    }
    return members.isEmpty() || members.size() > MOST ? null : new BodyDigests(known);
  }

  /** How many of them can be checked; others are ignored. */
  public int known() {
    return known.size();
  }

  /**
   * Lets only a body through that has all digests which can be checked.
   *
   * @param mismatch what becomes of a request with another
   */
  public BodyInspector inspector(Failure mismatch) {
    return new Checked(
        known.entrySet().stream()
            .map(digest -> new Digest(begun(digest.getKey()), digest.getValue()))
            .toList(),
        mismatch);
  }

  private static MessageDigest begun(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-2", e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Digest(MessageDigest made, byte[] expected) {}

  /** A body that must be the one that all its digests say. */
  private record Checked(List<Digest> digests, Failure mismatch) implements BodyInspector {
    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      for (int i = 0; i < digests.size(); i++) {
        digests.get(i).made().update(piece.duplicate());
      }
      return null;
    }

    @Override
    public @Nullable Failure end() {
      for (Digest digest : digests) {
        if (!MessageDigest.isEqual(digest.made().digest(), digest.expected())) {
          return mismatch;
        }
      }
      return null;
    }
  }
}
