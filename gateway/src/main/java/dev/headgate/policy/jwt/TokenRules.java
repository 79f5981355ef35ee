package dev.headgate.policy.jwt;

import dev.headgate.jose.CompactJws;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a token must say. Asked before the signature is verified: it is cheap, and a token that says
 * the wrong thing needs no cryptography. Immutable.
 */
final class TokenRules {
  private static final String ANY = "any";
  private static final String MEDIA_TYPE = "application/";
  private static final List<String> USUAL_TYPES = List.of("JWT", "at+jwt");

  private final String issuer;
  private final List<String> audience;
  private final Set<JwsAlgorithm> algorithms;
  private final List<String> types;
  private final List<String> required;
  private final boolean requireExpiry;
  private final long leewayMillis;

  TokenRules(Jwt config) {
    this.issuer = config.issuer();
    this.audience = config.audience();
    this.algorithms = algorithms(config);
    this.types = config.type();
    this.required = config.requiredClaims();
    this.requireExpiry = config.requireExpiry();
    this.leewayMillis = config.leeway().toMillis();
  }

  private static Set<JwsAlgorithm> algorithms(Jwt config) {
    if (!config.algorithms().isEmpty()) {
      return Set.copyOf(config.algorithms());
    }
    return config.secret() == null
        ? Set.copyOf(EnumSet.range(JwsAlgorithm.RS256, JwsAlgorithm.EDDSA))
        : Set.of(JwsAlgorithm.HS256);
  }

  /**
   * What a token says that is well formed and agrees with the rules, but may not be authentic.
   *
   * @param binding to whom it says that it is bound
   * @param notBefore milliseconds since 1970, leeway included
   * @param expires milliseconds since 1970, leeway included
   */
  record Said(
      CompactJws token,
      JwsAlgorithm algorithm,
      Map<String, Object> claims,
      Binding binding,
      long notBefore,
      long expires) {
    void checkTime(long now) throws RefusedToken {
      if (now >= expires) {
        throw new RefusedToken(Refusal.EXPIRED, "its 'exp' has passed");
      }
      if (now < notBefore) {
        throw new RefusedToken(Refusal.NOT_YET, "its 'nbf' or 'iat' is yet to come");
      }
    }
  }

  /**
   * Reads a token.
   *
   * @param now milliseconds since 1970
   */
  Said read(byte[] bytes, int from, int length, long now) throws RefusedToken {
    try {
      CompactJws token = CompactJws.parse(bytes, from, length);
      JwsAlgorithm algorithm = JwsAlgorithm.of(token.algorithm());
      if (algorithm == null || !algorithms.contains(algorithm)) {
        throw new RefusedToken(Refusal.ALGORITHM, "its 'alg' is not among 'algorithms'");
      }
      checkType(token.type());
      Map<String, Object> claims = StrictJson.object(token.payload());
      checkClaims(claims);
      Long expires = time(claims, "exp");
      if (expires == null && requireExpiry) {
        throw new RefusedToken(Refusal.CLAIM, "it has no 'exp'");
      }
      Long notBefore = time(claims, "nbf");
      Long issued = time(claims, "iat");
      Said said =
          new Said(
              token,
              algorithm,
              claims,
              Binding.of(claims),
              Math.max(before(notBefore), before(issued)),
              expires == null ? Long.MAX_VALUE : expires + leewayMillis);
      said.checkTime(now);
      return said;
    } catch (Malformed e) {
      throw new RefusedToken(Refusal.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void checkType(@Nullable String type) throws RefusedToken {
    List<String> taken = types.isEmpty() ? USUAL_TYPES : types;
    boolean usual = type == null && types.isEmpty();
    if (!usual && (type == null || taken.stream().noneMatch(t -> same(t, type)))) {
      throw new RefusedToken(Refusal.TYPE, "its 'typ' is not among " + taken);
    }
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

  private void checkClaims(Map<String, Object> claims) throws RefusedToken {
    if (!issuer.equals(claims.get("iss"))) {
      throw new RefusedToken(Refusal.ISSUER, "its 'iss' is not " + issuer);
    }
    if (!audience.contains(ANY) && !isForUs(claims.get("aud"))) {
      throw new RefusedToken(Refusal.AUDIENCE, "its 'aud' is none of " + audience);
    }
    if (claims.containsKey("sub") && !(claims.get("sub") instanceof String)) {
      throw new RefusedToken(Refusal.CLAIM, "its 'sub' is no text");
    }
    for (String name : required) {
      if (!claims.containsKey(name)) {
        throw new RefusedToken(Refusal.CLAIM, "it has no '" + name + "'");
      }
    }
  }

  private boolean isForUs(@Nullable Object said) {
    return said instanceof List<?> list
        ? list.stream().anyMatch(audience::contains)
        : said instanceof String && audience.contains(said);
  }

  private long before(@Nullable Long time) {
    return time == null ? Long.MIN_VALUE : time - leewayMillis;
  }

  /**
   * A time in milliseconds; one that is far beyond any calendar becomes the end of the calendar.
   */
  private static @Nullable Long time(Map<String, Object> claims, String name) throws RefusedToken {
    Object value = claims.get(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof Number number)) {
      throw new RefusedToken(Refusal.CLAIM, "its '" + name + "' is no number");
    }
    double farthest = TimeUnit.DAYS.toSeconds(365L * 10_000);
    double seconds = Math.clamp(number.doubleValue(), -farthest, farthest);
    return (long) (seconds * 1000);
  }
}
