package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiKeyKindTest {
  private static final String GOOD =
      "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  private static final String SHA256 =
      "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

  private static String report(String acme, String shop) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { keys: { apiKey: {} } }
        routes: { r: { match: { path: /** }, auth: keys, respond: { body: in } } }
        consumers:
          acme: { credentials: [{ apiKey: { %s } }] }
          shop: { credentials: [{ apiKey: { %s } }] }
        """
            .formatted(filled(acme), filled(shop));
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  private static String filled(String text) {
    return text.replace("GOOD", '"' + GOOD + '"').replace("SHA", '"' + SHA256 + '"');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "id: a;no 'sha256'",
        "sha256: abc;expected 64 hexadecimal digits",
        "sha256: SHA, prefix: ab12;goes without",
        "prefix: ab12;go together",
        "slowHash: GOOD;go together",
        "prefix: ab1, slowHash: GOOD;is not what keys can begin with",
        "prefix: \"ab 12\", slowHash: GOOD;is not what keys can begin with",
        "prefix: ab12, slowHash: secret;expected a hash that begins with",
        "prefix: shop, slowHash: GOOD;also one of acme",
        "prefix: shop12, slowHash: GOOD;prefix 'shop12' begins with",
        "prefix: ab12, slowHash: GOOD, notBefore: 2026-01-02T00:00:00Z, expires: 2026-01-01T00:00:00Z;before it is taken",
      })
  void saysWhatIsWrong(String acme, String problem) {
    assertThat(report(acme, "prefix: shop, slowHash: GOOD"))
        .contains(problem)
        .doesNotContain("c29tZXNhbHQ");
  }

  @Test
  void noTwoConsumersHaveTheSameKey() {
    assertThat(report("sha256: SHA", "sha256: SHA")).contains("also a key of acme");
  }

  @Test
  void takesShortAndLongKeys() {
    assertThat(report("prefix: ab12, slowHash: GOOD", "sha256: SHA")).isEmpty();
  }
}
