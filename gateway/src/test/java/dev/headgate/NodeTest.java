package dev.headgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import dev.headgate.source.FileSource;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's life: it starts from a file, takes up changes, refuses bad ones, drains and ends. */
class NodeTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  @TempDir private Path folder;

  private final Gate asked = new Gate();
  private final Gate answer = new Gate();
  private ScriptedOrigin origin;
  private Path file;
  private FileSource source;
  private Node node;

  @BeforeEach
  void start() throws IOException {
    origin =
        ScriptedOrigin.start(exchange -> {
          asked.open();
          answer.await();
          exchange.respond(200, "late");
        });
    file = folder.resolve("h.yaml");
    write("first");
    source = new FileSource(file, new ConfigReader(Policies.KINDS, Secrets.of(Map.of())));
    Node.Started started = Node.start(source, "test", Clock.systemUTC());
    assertThat(started).isInstanceOf(Node.Started.Serving.class);
    node = ((Node.Started.Serving) started).node();
  }

  @AfterEach
  void stop() throws Exception {
    answer.open();
    node.close();
    origin.close();
  }

  @Test
  void servesAChangedFileAfterAReload() throws IOException {
    assertThat(ask("/hello").text()).isEqualTo("first");
    write("second");
    reload();
    assertThat(ask("/hello").text()).isEqualTo("second");
    assertThat(readyz().text()).contains("\"result\":\"applied\"");
  }

  @Test
  void servesOnAsBeforeWhenTheChangeIsRefusedAndSaysWhy() throws IOException {
    Files.writeString(file, Files.readString(file).replace("routes:", "rotes:"));
    reload();
    assertThat(ask("/hello").text()).isEqualTo("first");
    RawResponse readyz = readyz();
    assertThat(readyz.status()).isEqualTo(200);
    assertThat(readyz.text()).contains("\"result\":\"refused\"", "did you mean 'routes'");
    write("third");
    reload();
    assertThat(ask("/hello").text()).isEqualTo("third");
  }

  @Test
  void finishesWhatIsInFlightBeforeItEnds() throws Exception {
    try (RawClient client = client(gatewayPort())) {
      client.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
      asked.await();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(node::close);
      long begun = System.nanoTime();
      while (readyz().status() != 503) {
        assertThat(System.nanoTime() - begun).isLessThan(PATIENCE_NANOS);
      }
      assertThat(closing).isNotDone();
      answer.open();
      RawResponse response = client.readResponse();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("late");
      closing.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  @Test
  void doesNotStartWithAnAddressThatIsTaken() throws IOException {
    Path other = folder.resolve("other.yaml");
    Files.writeString(
        other,
        Files.readString(file)
            .replace("l: { address: \"127.0.0.1:0", "l: { address: \"127.0.0.1:" + gatewayPort()));
    try (FileSource taken =
        new FileSource(other, new ConfigReader(Policies.KINDS, Secrets.of(Map.of())))) {
      Node.Started started = Node.start(taken, "test", Clock.systemUTC());
      assertThat(started).isInstanceOf(Node.Started.Refused.class);
      assertThat(started.problems().report()).contains("cannot listen on");
    }
  }

  /** Comes back once the reload is done: the source does one thing after the other. */
  private void reload() {
    node.reload();
    source.read();
  }

  private void write(String greeting) throws IOException {
    Files.writeString(
        file,
        """
        runtime: { transport: nio, loops: 1 }
        listeners: { l: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["http://127.0.0.1:%d"] } }
        routes:
          hello: { match: { path: /hello }, auth: public, respond: { body: "%s" } }
          late: { match: { path: /late }, auth: public, to: o }
        telemetry: { accessLog: { to: off } }
        admin: "127.0.0.1:0"
        """
            .formatted(origin.port(), greeting));
  }

  private int gatewayPort() {
    return node.addresses().values().iterator().next().getPort();
  }

  private RawResponse ask(String path) throws IOException {
    try (RawClient client = client(gatewayPort())) {
      return client.get(path);
    }
  }

  private RawResponse readyz() throws IOException {
    try (RawClient client = client(node.adminAddress().orElseThrow().getPort())) {
      return client.send("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").readResponse();
    }
  }

  private static RawClient client(int port) throws IOException {
    return RawClient.connect(Dial.port(port).timeout(Duration.ofSeconds(20)));
  }
}
