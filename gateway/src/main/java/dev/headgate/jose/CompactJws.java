package dev.headgate.jose;

import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signed token in its compact form, taken apart and not yet believed (RFC 7515 section 7.1).
 *
 * <p>Of the header only what says how the signature is made is looked at. Keys that a token brings
 * along or points to ({@code jwk}, {@code jku}, {@code x5c}, {@code x5u}) are never used, and what
 * it calls critical is refused: nothing beyond the standard is understood here.
 *
 * @param algorithm the header's {@code alg}, as it came
 * @param keyId the header's {@code kid}
 * @param type the header's {@code typ}
 * @param payload what is signed, decoded
 * @param signed the bytes that the signature is made of
 */
public record CompactJws(
    String algorithm,
    @Nullable String keyId,
    @Nullable String type,
    byte[] payload,
    byte[] signed,
    byte[] signature) {
  private static final int LONGEST_HEADER = 4096;
  private static final int LONGEST_KEY_ID = 512;

  /** Reads a token. */
  public static CompactJws parse(byte[] token, int from, int length) throws Malformed {
    int end = from + length;
    int first = dot(token, from, end);
    int second = dot(token, first + 1, end);
    for (int i = second + 1; i < end; i++) {
      if (token[i] == '.') {
        throw new Malformed("more than three parts: perhaps it is encrypted");
      }
    }
    if (first - from > LONGEST_HEADER) {
      throw new Malformed("its header has more than " + LONGEST_HEADER + " characters");
    }
    byte[] signature = base64url(token, second + 1, end);
    if (signature.length == 0) {
      throw new Malformed("no signature");
    }
    Map<String, Object> header = StrictJson.object(base64url(token, from, first));
    if (header.containsKey("crit") || header.containsKey("b64")) {
      throw new Malformed("its header asks for extensions");
    }
    String algorithm = text(header, "alg");
    if (algorithm == null) {
      throw new Malformed("its header has no 'alg'");
    }
    String keyId = text(header, "kid");
    if (keyId != null && keyId.length() > LONGEST_KEY_ID) {
      throw new Malformed("its 'kid' has more than " + LONGEST_KEY_ID + " characters");
    }
    return new CompactJws(
        algorithm,
        keyId,
        text(header, "typ"),
        base64url(token, first + 1, second),
        Arrays.copyOfRange(token, from, second),
        signature);
  }

  private static int dot(byte[] token, int from, int end) throws Malformed {
    for (int i = from; i < end; i++) {
      if (token[i] == '.') {
        return i;
      }
    }
    throw new Malformed("fewer than three parts");
  }

  private static @Nullable String text(Map<String, Object> header, String name) throws Malformed {
    Object value = header.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new Malformed("its '" + name + "' is no text");
  }

  /**
   * Without padding, white space or spare bits, so that bytes have one spelling only (RFC 7515
   * appendix C, RFC 4648 section 3.5).
   */
  public static byte[] base64url(byte[] text, int from, int end) throws Malformed {
    int rest = (end - from) % 4;
    if (rest == 1 || (end > from && text[end - 1] == '=')) {
      throw new Malformed("not base64url");
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(Arrays.copyOfRange(text, from, end));
    } catch (IllegalArgumentException e) {
      throw new Malformed("not base64url");
    }
    if (rest != 0) {
      byte[] last = Arrays.copyOfRange(bytes, bytes.length - (rest - 1), bytes.length);
      byte[] spelled = Base64.getUrlEncoder().withoutPadding().encode(last);
      if (spelled[rest - 1] != text[end - 1]) {
        throw new Malformed("not the usual base64url");
      }
    }
    return bytes;
  }

  /** Without its bytes: they are a credential. */
  @Override
  public String toString() {
    return "CompactJws";
  }
}
