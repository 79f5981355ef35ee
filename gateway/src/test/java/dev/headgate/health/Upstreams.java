package dev.headgate.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Upstream;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Upstreams as a user would write them. */
public final class Upstreams {
  private Upstreams() {}

  /**
   * @param endpoints how many
   * @param more further keys, a line each
   */
  public static Upstream of(int endpoints, String more) {
    String urls =
        IntStream.rangeClosed(1, endpoints)
            .mapToObj(i -> "\"http://10.0.0." + i + ":80\"")
            .collect(Collectors.joining(", "));
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o:
            endpoints: [%s]
        %s
        routes: { all: { match: { path: /** }, auth: public, to: o } }
        """
            .formatted(urls, more.indent(4).stripTrailing());
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of())).read("headgate.yaml", yaml);
    assertThat(reading.problems().hasErrors()).as(reading.problems().report()).isFalse();
    return Objects.requireNonNull(
        ((Reading.Accepted) reading).config().upstreams().get("o"), "the upstream");
  }
}
