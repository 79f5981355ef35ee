package dev.headgate.jwe;

import dev.headgate.jose.CompactJws;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted token in its compact form, taken apart (RFC 7516 section 7.1). Of the header only
 * what says how to decrypt it is looked at; what it calls critical, and content that is compressed,
 * which could become very large, is refused.
 *
 * @param header as it came: it is authenticated
 * @param keyId the header's {@code kid}
 * @param nested whether it says that a token is inside (RFC 7519 section 5.2)
 * @param agreement null where the algorithm has none
 */
record CompactJwe(
    String header,
    JweAlgorithm algorithm,
    ContentEncryption encryption,
    @Nullable String keyId,
    boolean nested,
    @Nullable Agreement agreement,
    Parts parts) {
  private static final int PARTS = 5;
  private static final int LONGEST_HEADER = 4096;
  private static final int LONGEST_KEY = 1024;
  private static final String NESTED = "JWT";
  private static final String MEDIA_TYPE = "application/";

  /**
   * What a content key is agreed on with (RFC 7518 section 4.6.1).
   *
   * @param key the sender's of the moment, as a JSON Web Key
   */
  record Agreement(Map<String, Object> key, @Nullable String apu, @Nullable String apv) {}

  /** All but the header. */
  record Parts(byte[] key, byte[] vector, byte[] content, byte[] tag) {
    @Override
    public String toString() {
      return "Parts";
    }
  }

  /** Whether it has as many parts as an encrypted token. */
  static boolean isOne(byte[] token, int from, int length) {
    int dots = 0;
    for (int i = from; i < from + length; i++) {
      dots += token[i] == '.' ? 1 : 0;
    }
    return dots == PARTS - 1;
  }

  static CompactJwe parse(byte[] token) throws Malformed {
    int[] ends = ends(token);
    if (ends[0] > LONGEST_HEADER) {
      throw new Malformed("its header has more than " + LONGEST_HEADER + " characters");
    }
    Map<String, Object> header = StrictJson.object(CompactJws.base64url(token, 0, ends[0]));
    if (header.containsKey("crit")) {
      throw new Malformed("its header asks for extensions");
    }
    if (header.containsKey("zip")) {
      throw new Malformed("its content is compressed");
    }
    JweAlgorithm algorithm = JweAlgorithm.of(String.valueOf(text(header, "alg")));
    ContentEncryption encryption = ContentEncryption.of(String.valueOf(text(header, "enc")));
    if (algorithm == null || encryption == null) {
      throw new Malformed("its 'alg' or 'enc' is none that can be taken");
    }
    byte[][] parts = new byte[PARTS][];
    for (int i = 1; i < PARTS; i++) {
      parts[i] = CompactJws.base64url(token, ends[i - 1] + 1, ends[i]);
    }
    boolean hasKey = parts[1].length > 0;
    if (hasKey != algorithm.hasKey() || parts[1].length > LONGEST_KEY) {
      throw new Malformed("its encrypted key is not as its 'alg' has it");
    }
    if (!encryption.fits(parts[2], parts[4])) {
      throw new Malformed("its vector or its tag is not as long as its 'enc' has it");
    }
    return new CompactJwe(
        new String(token, 0, ends[0], StandardCharsets.US_ASCII),
        algorithm,
        encryption,
        text(header, "kid"),
        isNested(text(header, "cty")),
        agreement(algorithm, header),
        new Parts(parts[1], parts[2], parts[3], parts[4]));
  }

  /** Where its parts end. */
  private static int[] ends(byte[] token) throws Malformed {
    if (!isOne(token, 0, token.length)) {
      throw new Malformed("not five parts");
    }
    int[] ends = new int[PARTS];
    int part = 0;
    for (int i = 0; i < token.length; i++) {
      if (token[i] == '.') {
        ends[part++] = i;
      }
    }
    ends[part] = token.length;
    return ends;
  }

  /** A media type may be without what all have in common (RFC 7515 section 4.1.10). */
  private static boolean isNested(@Nullable String type) {
    return type != null
        && (type.equalsIgnoreCase(NESTED) || type.equalsIgnoreCase(MEDIA_TYPE + NESTED));
  }

  @SuppressWarnings("unchecked") // an object of JSON has texts for names
  private static @Nullable Agreement agreement(JweAlgorithm algorithm, Map<String, Object> header)
      throws Malformed {
    if (algorithm.family() != JweAlgorithm.Family.EC) {
      return null;
    }
    if (!(header.get("epk") instanceof Map<?, ?> key) || key.containsKey("d")) {
      throw new Malformed("its 'epk' is no public key");
    }
    return new Agreement((Map<String, Object>) key, text(header, "apu"), text(header, "apv"));
  }

  private static @Nullable String text(Map<String, Object> header, String name) throws Malformed {
    Object value = header.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new Malformed("its '" + name + "' is no text");
  }

  /** Without its bytes: they are a credential. */
  @Override
  public String toString() {
    return "CompactJwe";
  }
}
