package dev.headgate.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Priority;
import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.overload.Shedding;
import dev.headgate.policy.Policies;
import dev.headgate.snapshot.Compiler;
import dev.headgate.snapshot.Outside;
import dev.headgate.snapshot.SharedStates;
import dev.headgate.snapshot.Snapshot;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which priority a request has, and at which stage it is turned away. */
class PriorityTest {
  private static final String ROUTES =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      upstreams: { o: { endpoints: ["http://127.0.0.1:1"] } }
      policies: { keys: { apiKey: { header: X-API-Key } } }
      routes:
        open: { match: { path: /open }, auth: public, to: o }
        cheap: { match: { path: /cheap }, auth: public, priority: sheddable, to: o }
        health: { match: { path: /health }, auth: public, priority: critical, to: o }
        closed: { match: { path: /closed }, auth: keys, to: o }
      consumers:
      """;

  private final ManualLoop loop = new ManualLoop();
  private final List<String> counted = new ArrayList<>();
  private final SharedStates states = new SharedStates();

  private static String consumer(String name, @Nullable Priority priority) throws Exception {
    String hash =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8)));
    String own = priority == null ? "" : ", priority: " + priority.word();
    return "  %s: { credentials: [{ apiKey: { sha256: \"%s\" } }]%s }%n".formatted(name, hash, own);
  }

  private Snapshot snapshot(String consumers, @Nullable Snapshot before) {
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
            .read("headgate.yaml", ROUTES + consumers);
    assertThat(reading.problems().report()).isEmpty();
    Problems problems = new Problems(((Reading.Accepted) reading).sources());
    Outside outside = new Outside((_, _) -> null, Path.of(""), states, Clock.systemUTC());
    return Objects.requireNonNull(
        Compiler.compile(((Reading.Accepted) reading).config(), 1, before, outside, problems));
  }

  /** From now on all with this priority or a lower one are turned away. */
  private void shed(@Nullable Priority upTo) {
    loop.shedding(
        new Shedding() {
          @Override
          public boolean active(long startNanos) {
            return upTo != null;
          }

          @Override
          public boolean wouldShed(Priority priority, long startNanos) {
            return upTo != null && priority.compareTo(upTo) <= 0;
          }

          @Override
          public boolean sheds(Priority priority, long startNanos) {
            counted.add(priority.word());
            return wouldShed(priority, startNanos);
          }
        });
  }

  /** At which stage the request is turned away; null if it is not. */
  private @Nullable String shedAt(Snapshot snapshot, String path, @Nullable String key)
      throws Exception {
    Headers headers = new Headers();
    if (key != null) {
      headers.add(HeaderName.of("x-api-key"), key);
    }
    InetAddress address = InetAddress.ofLiteral("127.0.0.1");
    Exchange exchange =
        new Exchange(
            new ClientInfo("plain", address, "127.0.0.1", 1, false, null, null),
            "HTTP/1.1",
            new Exchange.Head("GET", "http", "a", path, false),
            headers,
            new Headers(),
            loop.nanos());
    Decision decision = new Decisions(snapshot, exchange, new LoopPolicies(loop)).decide();
    if (decision instanceof Decision.Fail(Failure failure, var _)) {
      assertThat(failure.reason()).isEqualTo("overload.shed");
      assertThat(failure.status()).isEqualTo(503);
      return failure.stage().word();
    }
    return null;
  }

  @Test
  void whatTheRouteSaysIsKnownBeforeAnythingIsAsked() throws Exception {
    Snapshot snapshot = snapshot(consumer("acme", null), null);
    shed(Priority.SHEDDABLE);
    assertThat(shedAt(snapshot, "/cheap", null)).isEqualTo("admit");
    assertThat(shedAt(snapshot, "/open", null)).isNull();
    shed(Priority.DEFAULT);
    assertThat(shedAt(snapshot, "/open", null)).isEqualTo("admit");
    assertThat(shedAt(snapshot, "/closed", "acme")).isEqualTo("admit");
    assertThat(shedAt(snapshot, "/closed", null)).isEqualTo("admit");
    assertThat(shedAt(snapshot, "/health", null)).isNull();
    shed(Priority.CRITICAL);
    assertThat(shedAt(snapshot, "/health", null)).isEqualTo("admit");
    assertThat(counted).as("each once").hasSize(7);
  }

  @Test
  void whatTheConsumerHasGoesBeforeIt() throws Exception {
    Snapshot snapshot =
        snapshot(
            consumer("acme", Priority.CRITICAL)
                + consumer("batch", Priority.SHEDDABLE)
                + consumer("other", null),
            null);
    shed(Priority.SHEDDABLE);
    assertThat(shedAt(snapshot, "/closed", "batch")).isEqualTo("limit");
    assertThat(shedAt(snapshot, "/closed", "other")).isNull();
    shed(Priority.DEFAULT);
    assertThat(shedAt(snapshot, "/closed", "other")).isEqualTo("limit");
    assertThat(shedAt(snapshot, "/closed", "acme")).isNull();
    assertThat(shedAt(snapshot, "/open", "acme")).as("nobody asks who it is").isEqualTo("admit");
    shed(Priority.CRITICAL);
    assertThat(shedAt(snapshot, "/closed", "acme")).as("nothing can help").isEqualTo("admit");
    assertThat(counted)
        .containsExactly("sheddable", "default", "default", "critical", "default", "default");
  }

  @Test
  void aConsumerThatGetsAPriorityHasItWithTheNextRevision() throws Exception {
    Snapshot first = snapshot(consumer("acme", null), null);
    Snapshot second = snapshot(consumer("acme", Priority.CRITICAL), first);
    Snapshot third = snapshot(consumer("acme", null), second);
    shed(Priority.DEFAULT);
    assertThat(shedAt(first, "/closed", "acme")).isEqualTo("admit");
    assertThat(shedAt(second, "/closed", "acme")).isNull();
    assertThat(shedAt(third, "/closed", "acme")).isEqualTo("admit");
  }
}
