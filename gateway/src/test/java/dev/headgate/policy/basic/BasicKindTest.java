package dev.headgate.policy.basic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BasicKindTest {
  private static final String GOOD =
      "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  private static String report(String basic, String user, String hash) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { people: { basic: { %s } } }
        routes: { r: { match: { path: /** }, auth: people, respond: { body: in } } }
        consumers: { acme: { credentials: [{ basic: { user: "%s", hash: "%s" } }] } }
        """
            .formatted(basic, user, hash);
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'';a:b;HASH;no colon",
        "'';'';HASH;is no user",
        "'';ada;secret;expected a hash that begins with",
        "'';ada;$2b$31$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe;cost too much",
        "'';ada;$2b$05$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe;could be guessed",
        "realm: 'a\\b';ada;HASH;only printable ASCII",
        "identityHeaders: { X-A: name };ada;HASH;claims.NAME",
      })
  void saysWhatIsWrong(String basic, String user, String hash, String problem) {
    assertThat(report(basic, user, hash.equals("HASH") ? GOOD : hash))
        .contains(problem)
        .doesNotContain("m0CrhHm10qJ3lXRY");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("", "ada", GOOD)).isEmpty();
  }
}
