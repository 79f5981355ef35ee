package dev.headgate.policy.apikey;

import dev.headgate.config.Config;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc(
    "An API key, as its hash. A consumer can have several, so that one can be replaced while both work. `headgate keys"
        + " create` makes them.")
public record ApiKeyCredential(
    @Doc(value = "The SHA-256 of the key, as 64 hexadecimal digits.", example = "9f86d081884c7d65…")
        String sha256,
    @Doc(
            value =
                "What the key is called in logs and lists; without it, the first 8 digits of its hash.",
            example = "acme-2026")
        @Nullable String id,
    @Doc(value = "From when on the key is taken.", example = "2026-12-01T00:00:00Z")
        @Nullable Instant notBefore,
    @Doc(value = "From when on the key is taken no more.", example = "2027-12-01T00:00:00Z")
        @Nullable Instant expires) {

  /** Reports what is wrong with it. */
  public static void check(
      String at, ApiKeyCredential credential, Config whole, Problems problems) {
    if (!credential.sha256.matches("[0-9a-fA-F]{64}")) {
      problems.error(
          at + ".sha256",
          "expected 64 hexadecimal digits",
          "'headgate keys create' makes a key and prints this");
    }
    if (credential.notBefore != null
        && credential.expires != null
        && !credential.notBefore.isBefore(credential.expires)) {
      problems.error(at + ".expires", "the key expires before it is taken", "");
    }
  }

  /** Without the hash, which may be that of a guessable key. */
  @Override
  public String toString() {
    return "ApiKeyCredential[" + (id == null ? "" : id) + "]";
  }
}
