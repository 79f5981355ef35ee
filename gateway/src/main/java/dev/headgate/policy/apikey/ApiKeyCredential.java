package dev.headgate.policy.apikey;

import dev.headgate.config.Config;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.secret.SlowHash;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc(
    "An API key, as its hash: `sha256` of a long random one, or `prefix` and `slowHash` of one that could be guessed. A"
        + " consumer can have several, so that one can be replaced while both work. `headgate keys create` makes them.")
public record ApiKeyCredential(
    @Doc(value = "The SHA-256 of the key, as 64 hexadecimal digits.", example = "9f86d081884c7d65…")
        @Nullable String sha256,
    @Doc(
            value =
                "What a key with a slow hash begins with: it tells whose the key is and is no secret. No key's prefix"
                    + " begins with another's.",
            example = "ab12")
        @Nullable String prefix,
    @Doc(
            value =
                "The slow hash of the whole key, prefix included, if it is short or was made by people: Argon2id in PHC's"
                    + " form, or bcrypt. `headgate hash-password` makes one.",
            example = "\"$argon2id$v=19$m=19456,t=2,p=1$…\"")
        @Nullable String slowHash,
    @Doc(
            value =
                "What the key is called in logs and lists; without it, its prefix, or the first 8 digits of its SHA-256.",
            example = "acme-2026")
        @Nullable String id,
    @Doc(value = "From when on the key is taken.", example = "2026-12-01T00:00:00Z")
        @Nullable Instant notBefore,
    @Doc(value = "From when on the key is taken no more.", example = "2027-12-01T00:00:00Z")
        @Nullable Instant expires) {
  /** The fewest characters that tell whose a key is. */
  static final int LEAST_PREFIX = 4;

  private static final int MOST_PREFIX = 64;
  private static final int LONGEST_ID = 200;

  /** Reports what is wrong with it. */
  public static void check(
      String at, ApiKeyCredential credential, Config whole, Problems problems) {
    if (credential.prefix == null && credential.slowHash == null) {
      fast(at, credential.sha256, problems);
    } else if (credential.sha256 != null) {
      problems.error(
          at, "'sha256' goes without 'prefix' and 'slowHash'", "make it two credentials");
    } else {
      slow(at, credential, problems);
    }
    if (credential.id != null && (credential.id.isBlank() || credential.id.length() > LONGEST_ID)) {
      problems.error(at + ".id", "expected 1 to " + LONGEST_ID + " characters", "");
    }
    if (credential.notBefore != null
        && credential.expires != null
        && !credential.notBefore.isBefore(credential.expires)) {
      problems.error(at + ".expires", "the key expires before it is taken", "");
    }
  }

  private static void fast(String at, @Nullable String sha256, Problems problems) {
    if (sha256 == null) {
      problems.error(at, "no 'sha256'", "or 'prefix' and 'slowHash', for a key that is short");
    } else if (!isSha256(sha256)) {
      problems.error(
          at + ".sha256",
          "expected 64 hexadecimal digits",
          "'headgate keys create' makes a key and prints this");
    }
  }

  private static void slow(String at, ApiKeyCredential credential, Problems problems) {
    String prefix = credential.prefix;
    if (prefix == null || credential.slowHash == null) {
      problems.error(at, "'prefix' and 'slowHash' go together", "");
      return;
    }
    if (prefix.length() < LEAST_PREFIX
        || prefix.length() > MOST_PREFIX
        || prefix.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      problems.error(
          at + ".prefix",
          Shown.quoted(prefix) + " is not what keys can begin with",
          LEAST_PREFIX + " to " + MOST_PREFIX + " characters of ASCII without spaces");
    }
    try {
      SlowHash.parse(credential.slowHash)
          .weakness()
          .ifPresent(why ->
              problems.warning(
                  at + ".slowHash",
                  "the key could be guessed by who has this hash: " + why,
                  "'headgate hash-password' makes a better one"));
    } catch (SlowHash.Malformed e) {
      problems.error(
          at + ".slowHash", String.valueOf(e.getMessage()), "'headgate hash-password' makes one");
    }
  }

  static boolean isSha256(String text) {
    return text.length() == 64
        && text.chars().allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0);
  }

  /** Without the hashes, which may be those of a guessable key. */
  @Override
  public String toString() {
    return "ApiKeyCredential[" + (id == null ? "" : id) + "]";
  }
}
