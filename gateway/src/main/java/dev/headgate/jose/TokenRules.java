package dev.headgate.jose;

import dev.headgate.jose.ClaimRules.Validity;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a signed token must say. Asked before the signature is verified: it is cheap, and a token
 * that says the wrong thing needs no cryptography. Immutable.
 */
public final class TokenRules {
  /** Stands for the type of a token that does not say one. */
  public static final String NO_TYPE = "";

  private static final String MEDIA_TYPE = "application/";
  private static final List<String> USUAL_TYPES = List.of(NO_TYPE, "JWT", "at+jwt");

  private final Set<JwsAlgorithm> algorithms;
  private final List<String> types;
  private final ClaimRules claims;

  /**
   * @param algorithms that are taken; empty for all that public keys have
   * @param types that are taken, {@link #NO_TYPE} among them; empty for the usual ones
   */
  public TokenRules(List<JwsAlgorithm> algorithms, List<String> types, ClaimRules claims) {
    this.algorithms =
        algorithms.isEmpty()
            ? Set.copyOf(EnumSet.range(JwsAlgorithm.RS256, JwsAlgorithm.EDDSA))
            : Set.copyOf(algorithms);
    this.types = types.isEmpty() ? USUAL_TYPES : types;
    this.claims = claims;
  }

  /** What a token says that is well formed and agrees with the rules, but may not be authentic. */
  public record Said(
      CompactJws token, JwsAlgorithm algorithm, Map<String, Object> claims, Validity validity) {}

  /**
   * Reads a token.
   *
   * @param now milliseconds since 1970
   */
  public Said read(byte[] bytes, int from, int length, long now) throws RefusedToken {
    try {
      CompactJws token = CompactJws.parse(bytes, from, length);
      JwsAlgorithm algorithm = JwsAlgorithm.of(token.algorithm());
      if (algorithm == null || !algorithms.contains(algorithm)) {
        throw new RefusedToken(Refusal.ALGORITHM, "its 'alg' is not among 'algorithms'");
      }
      checkType(token.type());
      Map<String, Object> said = StrictJson.object(token.payload());
      return new Said(token, algorithm, said, claims.check(said, now));
    } catch (Malformed e) {
      throw new RefusedToken(Refusal.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void checkType(@Nullable String type) throws RefusedToken {
    boolean taken =
        type == null
            ? types.contains(NO_TYPE)
            : types.stream().anyMatch(one -> !one.equals(NO_TYPE) && same(one, type));
    if (!taken) {
      throw new RefusedToken(Refusal.TYPE, "its 'typ' is not among " + named());
    }
  }

  private List<String> named() {
    return types.stream().filter(one -> !one.equals(NO_TYPE)).toList();
  }

  /** A media type may be without what all have in common (RFC 7515 section 4.1.9). */
  private static boolean same(String taken, String type) {
    return bare(taken).equalsIgnoreCase(bare(type));
  }

  private static String bare(String type) {
    return type.regionMatches(true, 0, MEDIA_TYPE, 0, MEDIA_TYPE.length())
        ? type.substring(MEDIA_TYPE.length())
        : type;
  }
}
