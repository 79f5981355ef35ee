package dev.headgate.policy.hmac;

import dev.headgate.config.Config;
import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.config.Shown;
import dev.headgate.secret.SharedSecret;
import org.jspecify.annotations.Nullable;

@Doc(
    "A secret with which a caller signs its requests. A consumer can have several, of the same `id` or not, so that one"
        + " can be replaced while both work.")
public record HmacCredential(
    @Doc(
            value = "How requests name the secret; without it, the consumer's name.",
            example = "acme-1")
        @Nullable String id,
    @Doc(
            value = "The secret, of 16 bytes or more; 32 are better.",
            example = "\"${env:ACME_SECRET}\"")
        SecretText secret,
    @Doc("How the secret is written.") @Default("text") SharedSecret.Encoding encoding) {
  private static final int LONGEST_ID = 256;
  private static final int SHORTEST_SECRET = 16;

  /** Reports what is wrong with it. */
  public static void check(String at, HmacCredential credential, Config whole, Problems problems) {
    String id = credential.id;
    if (id != null
        && (id.isEmpty()
            || id.length() > LONGEST_ID
            || id.chars().anyMatch(c -> c <= ' ' || c > '~'))) {
      problems.error(
          at + ".id",
          Shown.quoted(id) + " is no key's name",
          "1 to " + LONGEST_ID + " characters of printable ASCII without spaces");
    }
    SharedSecret.check(
        at + ".secret", credential.secret, credential.encoding, SHORTEST_SECRET, problems);
  }
}
