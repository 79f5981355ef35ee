package dev.headgate.policy.oidc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session, as the browser keeps it.
 *
 * @param id of the session, through all its renewals
 * @param times when what happened
 * @param tokens what the provider gave
 */
record Session(String id, Times times, Tokens tokens) {
  /** When a session is renewed that cannot be. */
  static final long NEVER = Long.MAX_VALUE;

  /**
   * Milliseconds since 1970.
   *
   * @param usedAt about when it was used last
   * @param renewAt when the provider is asked for new tokens
   * @param renewals how often it was
   */
  record Times(long startedAt, long usedAt, long renewAt, long renewals) {}

  /**
   * What the provider gave; empty if it gave none.
   *
   * @param idToken verified; its claims say who it is
   * @param accessToken only if the upstream gets it
   * @param scope what was granted
   */
  record Tokens(String idToken, String refreshToken, String accessToken, String scope) {
    /** The same, with another ID token. */
    Tokens withIdToken(String other) {
      return new Tokens(other, refreshToken, accessToken, scope);
    }

    @Override
    public String toString() {
      return "Tokens";
    }
  }

  byte[] bytes() {
    return Kept.bytes(
        new Kept.Values(
            List.of(times.startedAt, times.usedAt, times.renewAt, times.renewals),
            List.of(id, tokens.idToken, tokens.refreshToken, tokens.accessToken, tokens.scope)));
  }

  static @Nullable Session read(byte[] bytes) {
    Kept.Values kept = Kept.read(bytes, 4, 5);
    if (kept == null) {
      return null;
    }
    List<Long> at = kept.times();
    List<String> texts = kept.texts();
    return new Session(
        texts.get(0),
        new Times(at.get(0), at.get(1), at.get(2), at.get(3)),
        new Tokens(texts.get(1), texts.get(2), texts.get(3), texts.get(4)));
  }

  /** The same, used now. */
  Session used(long now) {
    return new Session(id, new Times(times.startedAt, now, times.renewAt, times.renewals), tokens);
  }

  /** The same, with tokens that came now. */
  Session renewed(Tokens fresh, long renewAt, long now) {
    return new Session(id, new Times(times.startedAt, now, renewAt, times.renewals + 1), fresh);
  }

  /** What makes this state of the session itself. */
  String version() {
    return id + "." + times.renewals;
  }

  @Override
  public String toString() {
    return "Session";
  }
}
