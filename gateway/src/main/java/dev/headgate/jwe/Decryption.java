package dev.headgate.jwe;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Problems;
import java.util.List;

@Doc("With what encrypted tokens are opened.")
public record Decryption(
    @Doc(
            value =
                "PEM files with a private key each, RSA of 2048 bits or more or EC, for which the issuer encrypts tokens. Several"
                    + " while one is changed for another.",
            example = "keys/tokens.pem")
        @OneOrMany
        List<String> keys,
    @Doc(
            value =
                "The algorithms (`alg`) that are taken, of those that a key is for. Without this all but `RSA-OAEP`, which"
                    + " is made with SHA-1.",
            example = "RSA-OAEP-256")
        @OneOrMany
        List<JweAlgorithm> algorithms,
    @Doc("Whether tokens that are not encrypted are refused.") @Default("false") boolean required) {
  /** Each key that is not named by a token is tried. */
  private static final int MOST_KEYS = 4;

  /** Reports what can be seen to be wrong without the files. */
  public void check(String at, Problems problems) {
    if (keys.isEmpty() || keys.size() > MOST_KEYS) {
      problems.error(at + ".keys", "expected 1 to " + MOST_KEYS + " keys, not " + keys.size(), "");
    }
  }

  /** The algorithms that are taken. */
  List<JweAlgorithm> taken() {
    return algorithms.isEmpty()
        ? List.of(
            JweAlgorithm.RSA_OAEP_256,
            JweAlgorithm.ECDH_ES,
            JweAlgorithm.ECDH_ES_A128KW,
            JweAlgorithm.ECDH_ES_A256KW)
        : algorithms;
  }
}
