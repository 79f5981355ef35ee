package dev.headgate.policy.jwt;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import dev.headgate.http.CanonicalPath;
import dev.headgate.http.RefusedPath;
import dev.headgate.jose.DpopProof;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.Refusal;
import dev.headgate.jose.RefusedToken;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a proof must say (RFC 9449 section 4.3), and that it was not shown before. Used beside the
 * loops. Immutable but for what it has seen.
 */
@Shared
final class ProofRules {
  private static final int LONGEST_ID = 512;

  private final long maxAgeMillis;
  private final long leewayMillis;
  private final int most;
  private final @Nullable Nonces nonces;
  private final SeenOnce seen;

  /**
   * The request that a proof must be for.
   *
   * @param url scheme, authority and path as the client used them
   * @param token the SHA-256 of the access token, in base64url
   * @param key the thumbprint of the key that the token is bound to
   * @param wallMillis when it came, in milliseconds since 1970
   * @param nanos the same on the monotonic clock
   */
  record Wanted(String method, String url, String token, String key, long wallMillis, long nanos) {}

  ProofRules(Jwt config, @Nullable Nonces nonces, SeenOnce seen) {
    this.maxAgeMillis = config.dpop().maxAge().toMillis();
    this.leewayMillis = config.leeway().toMillis();
    this.most = config.dpop().remember();
    this.nonces = nonces;
    this.seen = seen;
  }

  @Nullable Nonces nonces() {
    return nonces;
  }

  /** Why a proof does not hold; null if it does. Slow, and not for a loop. */
  @Nullable Failure check(byte[] bytes, Wanted wanted) {
    try {
      DpopProof proof = DpopProof.parse(bytes);
      Map<String, Object> claims = proof.claims();
      if (!proof.thumbprint().equals(wanted.key())) {
        throw wrong("its key is not the one that the token is bound to");
      }
      if (!wanted.method().equals(claims.get("htm"))) {
        throw wrong("its 'htm' is not the request's method");
      }
      if (!(claims.get("htu") instanceof String url) || !isUrl(url, wanted.url())) {
        throw wrong("its 'htu' is not " + wanted.url());
      }
      if (!wanted.token().equals(claims.get("ath"))) {
        throw wrong("its 'ath' is not that of the token");
      }
      checkTime(claims.get("iat"), wanted.wallMillis());
      Object id = claims.get("jti");
      if (!(id instanceof String text) || text.isEmpty() || text.length() > LONGEST_ID) {
        throw wrong("it has no 'jti', or a longer one than " + LONGEST_ID + " characters");
      }
      if (nonces != null
          && !(claims.get("nonce") instanceof String nonce
              && nonces.isTaken(nonce, wanted.wallMillis()))) {
        throw new RefusedToken(
            Refusal.PROOF_NONCE, "it has no nonce of ours, or one that was given long ago");
      }
      if (!proof.isSigned()) {
        throw wrong("its key did not make its signature");
      }
      return replayed(proof.thumbprint() + " " + text, wanted.nanos());
    } catch (Malformed e) {
      return Refusal.PROOF.failure(JwtPolicy.KIND, "the proof: " + e.getMessage());
    } catch (RefusedToken e) {
      return e.failure(JwtPolicy.KIND);
    }
  }

  private static RefusedToken wrong(String detail) {
    return new RefusedToken(Refusal.PROOF, detail);
  }

  private void checkTime(@Nullable Object issued, long now) throws RefusedToken {
    if (!(issued instanceof Number number)) {
      throw wrong("its 'iat' is no number");
    }
    double age = now - number.doubleValue() * 1000;
    if (!(age <= maxAgeMillis + leewayMillis && age >= -leewayMillis)) {
      throw wrong("its 'iat' is not of now");
    }
  }

  /** A proof can be shown from {@code leeway} before it was made on, by the clock of its maker. */
  private @Nullable Failure replayed(String id, long now) {
    long known = (maxAgeMillis + 2 * leewayMillis) * 1_000_000;
    return switch (seen.first(id.getBytes(StandardCharsets.UTF_8), now, known, most)) {
      case FIRST -> null;
      case AGAIN -> Refusal.PROOF_REPLAYED.failure(JwtPolicy.KIND, "it was shown before");
      case FULL ->
          Failure.gateway(
              Stage.AUTHENTICATE,
              503,
              "jwt.proofs_full",
              "more than " + most + " proofs within the time that they are remembered for");
    };
  }

  /** Compares URLs as RFC 3986 section 6.2 says, without query and fragment. */
  private static boolean isUrl(String said, String wanted) {
    byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
    String normal = normal(new String(bytes, StandardCharsets.ISO_8859_1));
    return normal != null && normal.equals(normal(wanted));
  }

  /**
   * @param url one character for each byte
   */
  private static @Nullable String normal(String url) {
    int slashes = url.indexOf("://");
    if (slashes < 0) {
      return null;
    }
    String scheme = url.substring(0, slashes).toLowerCase(Locale.ROOT);
    int end = slashes + 3;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String authority = url.substring(slashes + 3, end).toLowerCase(Locale.ROOT);
    int behind = end;
    while (behind < url.length() && "?#".indexOf(url.charAt(behind)) < 0) {
      behind++;
    }
    String usual = scheme.equals("https") ? ":443" : ":80";
    if (authority.endsWith(usual)) {
      authority = authority.substring(0, authority.length() - usual.length());
    }
    String path = end == behind ? "/" : url.substring(end, behind);
    try {
      return scheme + "://" + authority + CanonicalPath.of(path);
    } catch (RefusedPath e) {
      return null;
    }
  }
}
