package dev.headgate.policy.basic;

import dev.headgate.config.Config;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.secret.SlowHash;

@Doc("A user's name with the hash of its password.")
public record BasicCredential(
    @Doc(value = "The user's name: without a colon, as it is sent before one.", example = "ada")
        String user,
    @Doc(
            value =
                "The password's hash: Argon2id in PHC's form, or bcrypt as htpasswd makes it. `headgate hash-password`"
                    + " makes one.",
            example = "\"$argon2id$v=19$m=19456,t=2,p=1$…\"")
        String hash) {
  private static final int LONGEST_USER = 128;

  /** Reports what is wrong with it. */
  public static void check(String at, BasicCredential credential, Config whole, Problems problems) {
    String user = credential.user;
    if (user.isEmpty() || user.length() > LONGEST_USER || !BasicLogin.isUser(user)) {
      problems.error(
          at + ".user",
          Shown.quoted(user) + " is no user's name",
          "1 to " + LONGEST_USER + " characters, no colon and no control character");
    }
    try {
      SlowHash.parse(credential.hash)
          .weakness()
          .ifPresent(why ->
              problems.warning(
                  at + ".hash",
                  "passwords could be guessed by who has this hash: " + why,
                  "'headgate hash-password' makes a better one"));
    } catch (SlowHash.Malformed e) {
      problems.error(
          at + ".hash", String.valueOf(e.getMessage()), "'headgate hash-password' makes one");
    }
  }

  /** Without the hash, which may be that of a guessable password. */
  @Override
  public String toString() {
    return "BasicCredential[" + user + "]";
  }
}
