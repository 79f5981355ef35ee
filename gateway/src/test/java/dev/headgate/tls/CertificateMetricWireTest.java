package dev.headgate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.Gateways;
import dev.headgate.testkit.Certificates;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape says about the time that certificates have left. */
class CertificateMetricWireTest {
  private static final String CONFIG =
      """
      listeners:
        secure:
          address: "127.0.0.1:0"
          tls: { certificates: [{ chain: "%s", key: "%s" }, { chain: "%s", key: "%s" }] }
      routes: { all: { match: { path: /** }, auth: public, respond: { body: hi } } }
      telemetry: { accessLog: { to: "off" } }
      """;

  private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();
  private static final double DAY = 86_400;

  @TempDir private Path files;

  @Test
  void showsTheTimeLeftAndFollowsARenewal() throws Exception {
    Certificates authority = Certificates.authority();
    var first = authority.expiringIn(Duration.ofDays(40), "a.example.com").writeTo(files, "a");
    var second = authority.expiringIn(Duration.ofDays(3), "b.example.com").writeTo(files, "b");
    String config = CONFIG.formatted(first.chain(), first.key(), second.chain(), second.key());
    try (var gateway = new Gateways("nio").start(config)) {
      String series = "headgate_certificate_expiry_seconds{file=\"%s\",listener=\"secure\"}";
      String ofFirst = series.formatted(first.chain());
      String ofSecond = series.formatted(second.chain());
      assertThat(gateway.metric(ofFirst)).isCloseTo(40 * DAY, within(DAY));
      assertThat(gateway.metric(ofSecond)).isCloseTo(3 * DAY, within(DAY));

      authority.expiringIn(Duration.ofDays(90), "b.example.com").writeTo(files, "b");
      long begun = System.nanoTime();
      while (gateway.metric(ofSecond) < 80 * DAY) {
        assertThat(System.nanoTime() - begun).isLessThan(PATIENCE_NANOS);
        Thread.onSpinWait();
      }
      assertThat(gateway.metric(ofFirst)).isCloseTo(40 * DAY, within(DAY));
    }
  }
}
