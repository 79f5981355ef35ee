package dev.headgate.policy.oidc;

import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token endpoint answers (RFC 6749 section 5.1, OpenID Connect Core 1.0 section 3.1.3.3).
 *
 * @param idToken empty if there is none, as are the other tokens and the scope
 * @param seconds how long the access token is good; 0 if that is not said
 */
record TokenAnswer(
    String idToken, String refreshToken, String accessToken, String scope, long seconds) {
  private static final int LONGEST = 16 * 1024;
  private static final long MOST_SECONDS = 10L * 365 * 86_400;

  static TokenAnswer read(byte[] json) throws Malformed {
    Map<String, Object> said = StrictJson.object(json);
    if (!text(said, "token_type").equalsIgnoreCase("Bearer")) {
      throw new Malformed("its 'token_type' is not Bearer");
    }
    return new TokenAnswer(
        text(said, "id_token"),
        text(said, "refresh_token"),
        text(said, "access_token"),
        text(said, "scope"),
        seconds(said.get("expires_in")));
  }

  /** Some providers write the number as a text. */
  private static long seconds(@Nullable Object said) {
    long seconds = 0;
    if (said instanceof Number number) {
      seconds = number.longValue();
    } else if (said instanceof String text && text.length() < 10 && isDigits(text)) {
      seconds = Long.parseLong(text);
    }
    return Math.clamp(seconds, 0, MOST_SECONDS);
  }

  private static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Tokens are visible ASCII (RFC 6749 appendix A). */
  private static String text(Map<String, Object> said, String name) throws Malformed {
    Object value = said.get(name);
    if (value == null) {
      return "";
    }
    if (!(value instanceof String text)
        || text.length() > LONGEST
        || !text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new Malformed("its '" + name + "' is no text, or too long");
    }
    return text;
  }

  /** Without its tokens. */
  @Override
  public String toString() {
    return "TokenAnswer";
  }
}
