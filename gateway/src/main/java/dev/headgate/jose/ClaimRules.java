package dev.headgate.jose;

import dev.headgate.config.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the claims of a token must say (RFC 7519 section 4.1), however they came. Immutable.
 *
 * @param issuer who must have issued it; null for anybody
 * @param audience one of these must be who it is for; {@code any} for all
 * @param required claims that it must make, whatever they say
 * @param requireExpiry whether it must say when it expires
 * @param leeway how far clocks may be apart
 */
public record ClaimRules(
    @Nullable String issuer,
    List<String> audience,
    List<String> required,
    boolean requireExpiry,
    Duration leeway) {
  /** The audience that stands for everybody. */
  public static final String ANY = "any";

  /** Reports what is wrong with an audience that a user names. */
  public static void checkAudience(String at, List<String> audience, Problems problems) {
    if (audience.isEmpty()) {
      problems.error(
          at,
          "whom must a token be for?",
          "name what is in the tokens' 'aud', or write 'any' to take those for others too");
    } else if (audience.contains(ANY) && audience.size() > 1) {
      problems.error(at, "'any' makes the others pointless", "");
    }
  }

  /**
   * When a token is good.
   *
   * @param notBefore milliseconds since 1970, leeway included
   * @param expires milliseconds since 1970, leeway included
   */
  public record Validity(long notBefore, long expires) {
    /**
     * @param now milliseconds since 1970
     */
    public void check(long now) throws RefusedToken {
      if (now >= expires) {
        throw new RefusedToken(Refusal.EXPIRED, "its 'exp' has passed");
      }
      if (now < notBefore) {
        throw new RefusedToken(Refusal.NOT_YET, "its 'nbf' or 'iat' is yet to come");
      }
    }
  }

  /**
   * When a token with these claims is good.
   *
   * @param now milliseconds since 1970
   * @throws RefusedToken if it is not good now, or never
   */
  public Validity check(Map<String, Object> claims, long now) throws RefusedToken {
    if (issuer != null && !issuer.equals(claims.get("iss"))) {
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
    Long expires = time(claims, "exp");
    if (expires == null && requireExpiry) {
      throw new RefusedToken(Refusal.CLAIM, "it has no 'exp'");
    }
    Validity validity =
        new Validity(
            Math.max(before(time(claims, "nbf")), before(time(claims, "iat"))),
            expires == null ? Long.MAX_VALUE : expires + leeway.toMillis());
    validity.check(now);
    return validity;
  }

  private boolean isForUs(@Nullable Object said) {
    return said instanceof List<?> list
        ? list.stream().anyMatch(audience::contains)
        : said instanceof String && audience.contains(said);
  }

  private long before(@Nullable Long time) {
    return time == null ? Long.MIN_VALUE : time - leeway.toMillis();
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
