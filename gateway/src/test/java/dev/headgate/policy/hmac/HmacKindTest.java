package dev.headgate.policy.hmac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacKindTest {
  private static final String GOOD =
      "signed: '{timestamp}.{body}', signature: { header: X-S }, timestamp: { header: X-T }, key: { header: X-K }";

  private static String report(String policy, String credential) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { partners: { hmac: { %s } } }
        routes: { r: { match: { path: /** }, auth: partners, respond: { body: in } } }
        consumers:
          acme: { credentials: [{ hmac: { id: one, secret: "${env:LONG}" } }] }
          shop: { credentials: [{ hmac: { %s } }] }
        """
            .formatted(policy, credential);
    return new ConfigReader(
            Policies.KINDS,
            Secrets.of(Map.of("SHORT", "sesame", "LONG", "0123456789abcdef".repeat(2))))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  private static String report(String policy) {
    return report(policy, "secret: '${env:LONG}'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'{timestamp}.{body}'|'{body}'|anybody could write another one",
        "'{timestamp}.{body}'|'{timestamp}{body}'|nothing stands between",
        "'{timestamp}.{body}'|'{timestamp}.{bodies}'|{header.NAME}",
        "'{timestamp}.{body}'|'{timestamp}.{header.a b}'|{header.NAME}",
        "'{timestamp}.{body}'|'{timestamp}.{body'|is not closed",
        "'{timestamp}.{body}'|'{timestamp}.{body}.{body.sha256}'|can be signed once",
        "'{timestamp}.{body}'|'{timestamp}\\n{body}'|use double quotes",
        "key: { header: X-K }|key: {}|by the request or here",
        "timestamp: { header: X-T }|timestamp: {}|window: off",
        "timestamp: { header: X-T }|timestamp: { parameter: t }|name its 'header'",
        "timestamp: { header: X-T }|window: off|nothing says where the time is",
        "key: { header: X-K }|key: { header: X-K }, consumer: acme|by the request or here",
        "key: { header: X-K }|consumer: nobody|no consumer 'nobody'",
        "key: { header: X-K }|key: { header: X-K }, maxBodies: 1KiB|not even one body",
        "header: X-S|header: host|cannot be changed",
        "header: X-K|header: 'X K'|is not the name of a header field",
      })
  void saysWhatIsWrong(String part, String instead, String problem) {
    assertThat(report(GOOD.replace(part, instead))).contains(problem);
  }

  @Test
  void saysWhatIsWrongWithSecrets() {
    assertThat(report(GOOD, "secret: '${env:SHORT}'"))
        .contains("too short")
        .doesNotContain("sesame");
    assertThat(report(GOOD, "secret: '${env:LONG}', id: 'a b'")).contains("is no key's name");
    assertThat(report(GOOD, "secret: '${env:LONG}', id: one")).contains("is also one of acme");
    assertThat(
            report(
                GOOD,
                "secret: '${env:LONG}' } }"
                    + ", { hmac: { secret: '${env:LONG}' } }".repeat(3)
                    + ", { hmac: { secret: '${env:LONG}'"))
        .contains("more than 4 secrets");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report(GOOD)).isEmpty();
    assertThat(report("signed: '{body}', signature: { header: S }, consumer: acme, window: off"))
        .isEmpty();
  }
}
