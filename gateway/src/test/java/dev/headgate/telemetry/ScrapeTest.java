package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrapeTest {
  @Test
  void answersInTheFormatThatIsAskedFor() {
    try (Node node = Node.withoutLog()) {
      assertThat(node.telemetry.scrape(null).contentType()).startsWith("text/plain; version=0.0.4");
      assertThat(node.telemetry.scrape("text/html").contentType()).startsWith("text/plain");
      String openMetrics = "application/openmetrics-text; version=1.0.0";
      assertThat(node.telemetry.scrape(openMetrics + ",text/plain;q=0.5").contentType())
          .startsWith(openMetrics);
      assertThat(node.scrape(openMetrics)).endsWith("# EOF");
    }
  }

  @Test
  void tellsWhatRuns() {
    try (Node node = Node.withoutLog()) {
      node.telemetry.reloaded(ReloadResult.APPLIED);
      node.telemetry.reloaded(ReloadResult.REJECTED);
      node.telemetry.reloaded(ReloadResult.REJECTED);
      assertThat(node.value("headgate_revision")).isEqualTo(7);
      assertThat(node.value("headgate_reloads_total{result=\"applied\"}")).isEqualTo(1);
      assertThat(node.value("headgate_reloads_total{result=\"unchanged\"}")).isZero();
      assertThat(node.value("headgate_reloads_total{result=\"rejected\"}")).isEqualTo(2);
      assertThat(
              node.value(
                  "headgate_certificate_expiry_seconds{file=\"certs/api.pem\",listener=\"public\"}"))
          .isEqualTo(86_400);
      assertThat(node.scrape())
          .anyMatch(line -> line.startsWith("headgate_build_info{") && line.contains("0.1.0"));
    }
  }

  @Test
  void showsProcessAndJvmUnderTheirUsualNames() {
    try (Node node = Node.withoutLog()) {
      List<String> lines = node.scrape();
      for (String name :
          List.of(
              "process_start_time_seconds ",
              "jvm_memory_used_bytes{area=\"heap\"} ",
              "jvm_gc_collection_seconds_total{gc=",
              "jvm_threads_current ")) {
        assertThat(lines).anyMatch(line -> line.startsWith(name));
      }
    }
  }

  @Test
  void givesEachMetricAHelpAndAType() {
    try (Node node = Node.withoutLog()) {
      node.recorder.record(Requests.proxied(node.loop, Duration.ofMillis(3)));
      List<String> lines = node.scrape();
      for (String line : lines) {
        if (!line.startsWith("#")) {
          String family = line.replaceAll("[{ ].*", "").replaceAll("_(bucket|sum|count)$", "");
          assertThat(lines).anyMatch(help -> help.startsWith("# HELP " + family + " "));
          assertThat(lines).anyMatch(type -> type.startsWith("# TYPE " + family + " "));
        }
      }
    }
  }

  @Test
  void escapesWhatNamesMayHold() {
    try (Node node = Node.withoutLog()) {
      var exchange = Requests.answered(node.loop, "/");
      exchange.route("a\"b\\c\nd");
      node.recorder.record(exchange);
      assertThat(node.scrape()).anyMatch(line -> line.contains("route=\"a\\\"b\\\\c\\nd\""));
    }
  }
}
