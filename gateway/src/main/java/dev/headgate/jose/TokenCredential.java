package dev.headgate.jose;

import dev.headgate.config.Config;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc("The tokens that are this consumer's: by their subject, or by other claims.")
public record TokenCredential(
    @Doc(value = "The token's subject (`sub`).", example = "orders-batch") @Nullable String subject,
    @Doc(
            value =
                "Claims of which the token must make all: the value, or a list that contains it.",
            example = "{ azp: acme-app }")
        Map<String, String> claim,
    @Doc(
            value = "The token's issuer. Without it, any that is trusted.",
            example = "\"https://idp.example.com\"")
        @Nullable String issuer) {

  /** Reports what is wrong with it. */
  public static void check(String at, TokenCredential credential, Config whole, Problems problems) {
    if (credential.subject == null && credential.claim.isEmpty()) {
      problems.error(
          at, "it says of no token that it is the consumer's", "name 'subject' or 'claim'");
    }
  }
}
