package dev.headgate.jose;

import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import dev.headgate.exchange.CredentialPlace;
import org.jspecify.annotations.Nullable;

@Doc("Where the token is: exactly one of these.")
public record TokenPlace(
    @Doc(value = "A header field whose whole value is the token.", example = "X-Access-Token")
        @Nullable String header,
    @Doc("A cookie.") @Nullable String cookie,
    @Doc("A query parameter. Queries end up in the logs of others: prefer a header field.")
        @Nullable String query) {
  /** The longest token, in bytes. */
  public static final int LONGEST = 16 * 1024;

  /** Reports what is wrong with it. */
  public void check(String at, Problems problems) {
    CredentialPlace.check(at, header, query, cookie, problems);
  }

  /** The place that is named; null if none is. */
  public @Nullable CredentialPlace named() {
    return CredentialPlace.of(header, query, cookie, LONGEST);
  }

  /** The place; {@code Authorization: Bearer} if none is named. */
  public CredentialPlace place() {
    CredentialPlace named = named();
    return named != null ? named : CredentialPlace.authorization("Bearer", LONGEST);
  }
}
