package dev.headgate.policy.oidc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A login that has been begun: what the callback must agree with. Kept by the browser that began
 * it, so nobody can finish a login in another's browser.
 *
 * @param begunAt milliseconds since 1970
 * @param state that the provider gives back
 * @param nonce that the ID token must hold
 * @param verifier that proves to the provider that we are who began it (RFC 7636)
 * @param redirect the URL of the callback
 * @param target where the browser wanted to go: path and query
 */
record LoginAttempt(
    long begunAt, String state, String nonce, String verifier, String redirect, String target) {
  byte[] bytes() {
    return Kept.bytes(
        new Kept.Values(List.of(begunAt), List.of(state, nonce, verifier, redirect, target)));
  }

  static @Nullable LoginAttempt read(byte[] bytes) {
    Kept.Values kept = Kept.read(bytes, 1, 5);
    if (kept == null) {
      return null;
    }
    List<String> texts = kept.texts();
    return new LoginAttempt(
        kept.times().getFirst(),
        texts.get(0),
        texts.get(1),
        texts.get(2),
        texts.get(3),
        texts.get(4));
  }

  /** Without its secrets. */
  @Override
  public String toString() {
    return "LoginAttempt";
  }
}
