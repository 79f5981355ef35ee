package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.HostPort;
import dev.headgate.config.Problem;
import dev.headgate.config.Route;
import dev.headgate.config.RuntimeConfig.Loops;
import dev.headgate.config.RuntimeConfig.Transport;
import dev.headgate.config.Size;
import dev.headgate.config.Upstream;
import dev.headgate.policy.Policies;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {
  static final String MINIMAL =
      """
      runtime: { transport: io_uring, loops: 1 }
      listeners: { plain: { address: "127.0.0.1:8080" } }
      upstreams: { o: { endpoints: ["http://127.0.0.1:9001"] } }
      routes:
        all:   { match: { path: /** }, auth: public, to: o, bodyLimit: 10GiB }
        hello: { match: { path: /hello }, auth: public, respond: { status: 200, body: hi, headers: { content-type: text/plain } } }
      telemetry: { accessLog: { to: "file:/var/log/headgate/access.log", format: json } }
      admin: { address: "127.0.0.1:9901" }
      """;

  private final ConfigReader reader =
      new ConfigReader(Policies.KINDS, Secrets.of(Map.of("PORT", "8181", "TOKEN", "hunter22")));

  private Config accepted(String text) {
    Reading reading = reader.read("headgate.yaml", text);
    assertThat(reading).as(reading.problems().report()).isInstanceOf(Reading.Accepted.class);
    return ((Reading.Accepted) reading).config();
  }

  private String report(String text) {
    return reader.read("headgate.yaml", text).problems().report();
  }

  private static <T> T the(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  private static String with(String line) {
    return MINIMAL.replace("admin: { address: \"127.0.0.1:9901\" }", line);
  }

  @Test
  void readsTheMinimalContract() {
    Config config = accepted(MINIMAL);

    assertThat(config.runtime().transport()).isEqualTo(Transport.IO_URING);
    assertThat(config.runtime().loops()).isEqualTo(new Loops(1));
    assertThat(config.runtime().drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(the(config.listeners().get("plain")).address())
        .isEqualTo(new HostPort("127.0.0.1", 8080));
    assertThat(the(config.upstreams().get("o")).endpoints())
        .containsExactly(new Upstream.Endpoint(URI.create("http://127.0.0.1:9001"), 1, 0));
    Route all = the(config.routes().get("all"));
    assertThat(all.to()).containsExactly(new Route.Target("o", 1, null));
    assertThat(all.bodyLimit()).isEqualTo(new Size(10L << 30));
    assertThat(the(config.routes().get("hello")).bodyLimit()).isEqualTo(Size.mebibytes(10));
    assertThat(the(the(config.routes().get("hello")).respond()).headers())
        .containsEntry("content-type", "text/plain");
    assertThat(config.admin().address()).isEqualTo(new HostPort("127.0.0.1", 9901));
  }

  @Test
  void adminIsTurnedOffByAVisibleWord() {
    assertThat(accepted(with("admin: off")).admin().address()).isNull();
    assertThat(accepted(with("admin: { address: off }")).admin().address()).isNull();
    assertThat(accepted(with("admin: 127.0.0.1:1")).admin().address())
        .isEqualTo(new HostPort("127.0.0.1", 1));
    assertThat(accepted(with("")).admin().address()).isEqualTo(new HostPort("127.0.0.1", 9901));
  }

  @Test
  void reportsAnUnknownKeyWithTheNearestOne() {
    assertThat(report(MINIMAL.replace("path: /hello", "pth: /hello")))
        .isEqualTo(
            """
            headgate.yaml:6:21: error: routes.hello.match.pth: unknown key 'pth'
              hint: did you mean 'path'?\
            """);
  }

  @Test
  void reportsAllProblemsAtOnceInTheOrderOfTheFile() {
    String text =
        """
        runtime: { loops: many }
        listeners: { plain: { address: 8080, tls: { certificates: [{ chain: a }], minVersion: TLSv1.1 } } }
        upstreams:
          o: { endpoints: ["http://127.0.0.1:9001"], timeouts: { connect: 5 } }
        """;

    List<Problem> problems = reader.read("headgate.yaml", text).problems().sorted();

    assertThat(problems)
        .extracting(Problem::path)
        .startsWith(
            "", // no routes
            "runtime.loops",
            "listeners.plain.address",
            "listeners.plain.tls.certificates[0].key",
            "listeners.plain.tls.minVersion",
            "upstreams.o.timeouts.connect");
    assertThat(problems).extracting(Problem::line).startsWith(1, 1, 2, 2, 2, 4);
    assertThat(problems.get(4).message())
        .isEqualTo("expected one of TLSv1.2, TLSv1.3; found 'TLSv1.1'");
    assertThat(problems.get(4).hint()).isEqualTo("did you mean 'TLSv1.2'?");
  }

  @Test
  void readsReferences() {
    Config config =
        accepted(
            MINIMAL
                .replace("127.0.0.1:8080", "127.0.0.1:${env:PORT}")
                .replace("body: hi", "body: '$${x}'"));

    assertThat(the(config.listeners().get("plain")).address().port()).isEqualTo(8181);
    assertThat(the(the(config.routes().get("hello")).respond()).body()).isEqualTo("${x}");
  }

  @Test
  void neverShowsTheValueOfAReference() {
    assertThat(report(MINIMAL.replace("127.0.0.1:8080", "${env:TOKEN}")))
        .contains("listeners.plain.address: expected an address")
        .contains("found '${env:TOKEN}'")
        .doesNotContain("hunter22");
    assertThat(report(MINIMAL.replace("127.0.0.1:8080", "${env:TOKENS}")))
        .contains("the environment variable 'TOKENS' is not set");
  }

  @Test
  void hintsAtQuotesForBracesInsideBraces() {
    assertThat(report(MINIMAL.replace("path: /hello", "path: /orders/{id}")))
        .startsWith("headgate.yaml:6:")
        .contains("needs quotes");
    assertThat(report(MINIMAL.replace("path: /hello", "host: *.example.com")))
        .contains("needs quotes");
  }
}
