package dev.headgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.testkit.RawClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** A real gateway on a free port, from a text as a user would write it. */
final class GatewayUnderTest implements AutoCloseable {
  private final ConfigReader reader = new ConfigReader(Secrets.of(Map.of()));
  private final Gateway gateway;

  GatewayUnderTest(String yaml) {
    Reading.Accepted accepted = read(yaml);
    Problems problems = new Problems(accepted.sources());
    Gateway started = Gateway.start(accepted, "test", Clock.systemUTC(), problems);
    assertThat(started).as(problems.report()).isNotNull();
    gateway = Objects.requireNonNull(started);
  }

  private Reading.Accepted read(String yaml) {
    Reading reading = reader.read("headgate.yaml", yaml);
    assertThat(reading.problems().hasErrors()).as(reading.problems().report()).isFalse();
    return (Reading.Accepted) reading;
  }

  /** Serves with another configuration, as a saved file would. */
  Problems apply(String yaml) {
    return gateway.apply(read(yaml));
  }

  int port(String listener) {
    return Objects.requireNonNull(gateway.addresses().get(listener)).getPort();
  }

  RawClient connect() throws IOException {
    return RawClient.connect(port("plain"));
  }

  boolean drain() {
    return gateway.drain(Duration.ofSeconds(20));
  }

  @Override
  public void close() {
    gateway.close();
  }
}
