package dev.headgate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import dev.headgate.telemetry.LimitReport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.http2.Http2Client;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A real gateway on free ports, from a text as a user would write it. See {@link Gateways}. */
public final class GatewayUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ConfigReader reader;
  private final String runtime;
  private final Gateway gateway;

  /**
   * @param runtime the line that says on what the gateway runs
   * @param yaml the rest of the configuration
   * @param environment variables that references to secrets find
   */
  GatewayUnderTest(String runtime, String yaml, Map<String, String> environment) {
    reader = new ConfigReader(Policies.KINDS, Secrets.of(environment));
    this.runtime = runtime;
    Reading.Accepted accepted = read(yaml);
    Problems problems = new Problems(accepted.sources());
    Gateway started = Gateway.start(accepted, "test", Clock.systemUTC(), problems);
    assertThat(started).as(problems.report()).isNotNull();
    gateway = Objects.requireNonNull(started);
  }

  private Reading.Accepted read(String yaml) {
    Reading reading = reader.read("headgate.yaml", runtime + yaml);
    assertThat(reading.problems().hasErrors()).as(reading.problems().report()).isFalse();
    return (Reading.Accepted) reading;
  }

  /** Serves with another configuration, as a saved file would. */
  public Problems apply(String yaml) {
    return gateway.apply(read(yaml));
  }

  public int port(String listener) {
    return Objects.requireNonNull(gateway.addresses().get(listener)).getPort();
  }

  /** The port of the only listener. */
  public int port() {
    assertThat(gateway.addresses()).hasSize(1);
    return gateway.addresses().values().iterator().next().getPort();
  }

  /** Over HTTP/1.1, to the only listener, which speaks plain text. */
  public RawClient connect() throws IOException {
    return RawClient.connect(port());
  }

  /** Over HTTP/2, to the only listener, which speaks plain text. */
  public Http2Client connectHttp2() throws IOException {
    return Http2Client.connect(port());
  }

  /**
   * The value of a time series as a scrape shows it.
   *
   * @param series the name with its labels, as in {@code up{job="x"}}
   * @return 0 if there is none yet, as Prometheus would count
   */
  public double metric(String series) {
    String text = new String(gateway.telemetry().scrape(null).body(), UTF_8);
    return text.lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .sum();
  }

  /** What the limits have said. */
  public List<LimitReport> limits() {
    return gateway.telemetry().limits(10);
  }

  /** Waits until the series has that value: loops count when they come to it. */
  public void awaitMetric(String series, double value) {
    long begun = System.nanoTime();
    while (metric(series) != value) {
      assertThat(System.nanoTime() - begun)
          .as("%s is %s, not %s", series, metric(series), value)
          .isLessThan(PATIENCE.toNanos());
      Thread.onSpinWait();
    }
  }

  public boolean drain() {
    return gateway.drain(PATIENCE);
  }

  @Override
  public void close() {
    gateway.close();
  }
}
