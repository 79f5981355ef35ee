package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.policy.Policies;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveConfigTest {
  private static final String ROUTE =
      "listeners: { l: { address: 127.0.0.1:${env:PORT} } }\n"
          + "upstreams: { o: { endpoints: [http://a], connections: { max: ${env:MAX} } } }\n"
          + "routes:\n"
          + "  r:\n"
          + "    auth: public\n"
          + "    to: ${env:TO}\n"
          + "    headers: { request: { set: { authorization: 'Bearer ${env:TOKEN}' } } }\n";

  private final ConfigReader reader =
      new ConfigReader(
          Policies.KINDS,
          Secrets.of(
              Map.ofEntries(
                  Map.entry("PORT", "81"),
                  Map.entry("MAX", "7"),
                  Map.entry("TO", "o"),
                  Map.entry("TOKEN", "hunter22"),
                  Map.entry("TOKEN_SECRET", "k".repeat(32)),
                  Map.entry("CLIENT_SECRET", "hunter22"),
                  Map.entry("SESSION_KEY", "k".repeat(32)),
                  Map.entry("PARTNER_SECRET", "p".repeat(32)),
                  Map.entry("OLD_SESSION_KEY", "o".repeat(32)),
                  Map.entry("LEDGER_PASSWORD", "l".repeat(32)),
                  Map.entry("REDIS_USER", "gate"),
                  Map.entry("REDIS_PASSWORD", "hunter33"))));

  private Reading.Accepted accepted(String text) {
    Reading reading = reader.read("h.yaml", text);
    assertThat(reading).as(reading.problems().report()).isInstanceOf(Reading.Accepted.class);
    return (Reading.Accepted) reading;
  }

  @Test
  void writesWhatReadsAsTheSameConfiguration() {
    Reading full = reader.read(Path.of("../examples/full.yaml"));
    assertThat(full).isInstanceOf(Reading.Accepted.class);
    Reading.Accepted first = (Reading.Accepted) full;

    String yaml = EffectiveConfig.yaml(Policies.KINDS, first.config(), first.sources());

    assertThat(accepted(yaml).config()).isEqualTo(first.config());
    assertThat(yaml).contains("drainTimeout: 30s").contains("address: \"[::]:8080\"");
  }

  @Test
  void showsReferencesInsteadOfValues() {
    String flow = ROUTE.replace("127.0.0.1:${env:PORT}", "'127.0.0.1:${env:PORT}'");
    Reading.Accepted first = accepted(flow.replace("max: ${env:MAX}", "max: '${env:MAX}'"));

    String yaml = EffectiveConfig.yaml(Policies.KINDS, first.config(), first.sources());

    assertThat(yaml)
        .contains("address: \"127.0.0.1:${env:PORT}\"")
        .contains("max: \"${env:MAX}\"")
        .contains("upstream: \"${env:TO}\"")
        .contains("authorization: \"Bearer ${env:TOKEN}\"")
        .doesNotContain("hunter22");
    assertThat(accepted(yaml).config()).isEqualTo(first.config());
  }

  @Test
  void writesOffWhereSomethingIsTurnedOff() {
    Reading.Accepted first =
        accepted(ConfigReaderTest.MINIMAL.replaceAll("(?m)^admin.*$", "admin: off"));

    String yaml = EffectiveConfig.yaml(Policies.KINDS, first.config(), first.sources());

    assertThat(yaml).contains("address: off");
    assertThat(accepted(yaml).config()).isEqualTo(first.config());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "~",
        "null",
        "#",
        "a: b",
        "a:",
        "- a",
        "'",
        "\"",
        "\\",
        "*",
        "&a",
        "!",
        "%",
        "@",
        "`",
        "{",
        "[",
        "true",
        "off",
        "1.10",
        "a\nb\n",
        "\t",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\u00e9",
        "\ud83d\ude00",
        "${x}",
        "$${x}",
        "$",
        "a,b",
        "a #b",
        "-",
        "---",
        "?",
        "|",
        ">"
      })
  void writesAnyTextSoThatItReadsAsTheSame(String body) {
    StringBuilder escaped = new StringBuilder();
    for (char c : body.replace("${", "$${").toCharArray()) {
      escaped.append("\\u%04x".formatted((int) c));
    }
    Reading.Accepted first =
        accepted(ConfigReaderTest.MINIMAL.replace("body: hi", "body: \"" + escaped + "\""));

    String yaml = EffectiveConfig.yaml(Policies.KINDS, first.config(), first.sources());

    assertThat(accepted(yaml).config().routes()).isEqualTo(first.config().routes());
    assertThat(accepted(yaml).config().routes().toString()).contains("body=" + body);
  }
}
