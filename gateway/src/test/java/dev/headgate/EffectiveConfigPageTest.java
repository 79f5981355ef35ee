package dev.headgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.admin.NodeView;
import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What operators see of the configuration that serves. */
class EffectiveConfigPageTest {
  private static final String TEXT =
      """
      runtime: { transport: nio, loops: 1 }
      listeners: { l: { address: "127.0.0.1:0" } }
      upstreams: { o: { endpoints: ["http://127.0.0.1:1"] } }
      routes:
        r:
          auth: public
          to: o
          headers: { request: { set: { authorization: "Bearer ${env:TOKEN}" } } }
      telemetry: { accessLog: { to: off } }
      admin: off
      """;

  private final ConfigReader reader =
      new ConfigReader(Policies.KINDS, Secrets.of(Map.of("TOKEN", "hunter22")));

  private Reading.Accepted accepted(String text) {
    Reading reading = reader.read("h.yaml", text);
    assertThat(reading).as(reading.problems().report()).isInstanceOf(Reading.Accepted.class);
    return (Reading.Accepted) reading;
  }

  @Test
  void showsWhatServesWithDefaultsAndWithoutSecrets() {
    Reading.Accepted first = accepted(TEXT);
    Problems problems = new Problems(first.sources());
    try (Gateway gateway =
        Objects.requireNonNull(Gateway.start(first, "test", Clock.systemUTC(), problems))) {
      NodeView node = new NodePages(gateway, "test", () -> null);

      assertThat(node.config()).isNotNull();
      assertThat(gateway.effectiveConfig())
          .contains("authorization: \"Bearer ${env:TOKEN}\"", "bodyLimit: 10MiB", "address: off")
          .doesNotContain("hunter22");

      gateway.apply(accepted(TEXT.replace("auth: public", "auth: public\n    bodyLimit: 1KiB")));

      assertThat(gateway.effectiveConfig()).contains("bodyLimit: 1KiB");
    }
  }
}
