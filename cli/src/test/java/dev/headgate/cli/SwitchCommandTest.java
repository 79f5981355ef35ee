package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Node;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import dev.headgate.source.FileSource;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One word of a file is changed, whoever wrote the rest, and nobody notices but by the answers. */
class SwitchCommandTest {
  private static final int CALLERS = 4;

  private static final String CONFIG =
      """
      # Ours; keep it tidy.
      listeners: { plain: { address: "127.0.0.1:0" } }
      admin: 127.0.0.1:0
      upstreams:
        v1: { endpoints: ["%s"] }
        v2: { endpoints: ["%s"] }
      routes:
        "orders":   # blue and green
          match: { path: /** }
          auth: public
          to: [{ upstream: v1, side: blue }, { upstream: v2, side: green }]
          split: { active:   %s }   # é 😀 blue
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  private int run(String... words) {
    out.getBuffer().setLength(0);
    PrintWriter writer = new PrintWriter(out);
    int code =
        Headgate.execute(
            new Terminal(writer, writer, false),
            Map.of("XDG_RUNTIME_DIR", folder.resolve("run").toString()),
            words);
    writer.flush();
    return code;
  }

  private static String config(String active) {
    return config("http://127.0.0.1:1", "http://127.0.0.1:2", active);
  }

  private static String config(String v1, String v2, String active) {
    return CONFIG.formatted(v1, v2, active);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("h.yaml"), text);
  }

  @Test
  void oneWordIsChangedAndBackAgain() throws Exception {
    for (String quote : new String[] {"", "'", "\""}) {
      Path file = write(config(quote + "blue" + quote));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

      assertThat(run("switch", "orders", "green", file.toString())).as(out.toString()).isZero();
      assertThat(out.toString())
          .contains("orders: blue -> green in " + file + ":12:24", "no gateway of this user");
      assertThat(file).hasContent(config(quote + "green" + quote));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-r-----");

      assertThat(run("switch", "orders", "blue", file.toString())).isZero();
      assertThat(file).hasContent(config(quote + "blue" + quote));
      assertThat(run("switch", "orders", "blue", file.toString())).isZero();
      assertThat(out.toString()).contains("orders is at blue already");
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString())).containsExactly("h.yaml");
    }
  }

  @Test
  void aLinkStaysALinkAndADirectoryIsSearched() throws Exception {
    Path directory = Files.createDirectories(folder.resolve("conf"));
    Path kept = folder.resolve("kept.yaml");
    String all = config("blue");
    int routes = all.indexOf("routes:");
    Files.writeString(kept, all.substring(routes));
    Files.writeString(directory.resolve("a.yaml"), all.substring(0, routes));
    Path link = Files.createSymbolicLink(directory.resolve("b.yaml"), kept);

    assertThat(run("switch", "orders", "green", directory.toString())).as(out.toString()).isZero();
    assertThat(link).isSymbolicLink();
    assertThat(kept).hasContent(config("green").substring(routes));
  }

  @Test
  void whatCannotBeLeavesTheFileAsItIs() throws Exception {
    Path file = write(config("blue"));
    assertThat(run("switch", "order", "green", file.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("there is no route 'order'", "did you mean 'orders'?");
    assertThat(run("switch", "orders", "red", file.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("no side 'red'", "its sides are blue, green");
    assertThat(file).hasContent(config("blue"));

    write(config("blue").replace("active:   blue", "force: []"));
    assertThat(run("switch", "orders", "green", file.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("has no active side");

    String bad = config("blue").replace("auth: public", "auth: nobody");
    write(bad);
    assertThat(run("switch", "orders", "green", file.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("unknown policy 'nobody'", "has problems already");
    assertThat(file).hasContent(bad);
  }

  @Test
  void whatTheCheckRefusesIsNotWritten() throws Exception {
    String odd = config("blue").replace("side: green", "side: 'null'");
    Path file = write(odd);
    assertThat(run("switch", "orders", "null", file.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("routes.orders.split.active", "nothing was written");
    assertThat(file).hasContent(odd);
  }

  @Test
  void aRunningGatewayIsSwitchedAndBackAndNoRequestFails() throws Exception {
    try (var blue = ScriptedOrigin.start(exchange -> exchange.respond(200, "blue"));
        var green = ScriptedOrigin.start(exchange -> exchange.respond(200, "green"))) {
      Path file = write(config(blue.url(), green.url(), "blue"));
      FileSource source =
          new FileSource(file, new ConfigReader(Policies.KINDS, Secrets.of(Map.of())));
      Node.Started started = Node.start(source, "test", Clock.systemUTC());
      assertThat(started).isInstanceOf(Node.Started.Serving.class);
      Node node = ((Node.Started.Serving) started).node();
      AtomicBoolean stop = new AtomicBoolean();
      CountDownLatch begun = new CountDownLatch(CALLERS);
      List<Future<Map<String, Integer>>> callers = new ArrayList<>();
      try (node;
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        InetSocketAddress admin = node.adminAddress().orElseThrow();
        RunningNode.current(file, "127.0.0.1:" + admin.getPort())
            .write(folder.resolve("run").resolve("headgate"));
        int port = Objects.requireNonNull(node.addresses().get("plain")).getPort();
        for (int i = 0; i < CALLERS; i++) {
          callers.add(threads.submit(() -> load(port, begun, stop)));
        }
        begun.await();
        assertThat(run("switch", "orders", "green", file.toString())).as(out.toString()).isZero();
        assertThat(out.toString()).contains("applied by process");
        try (RawClient client = RawClient.connect(port)) {
          assertThat(get(client)).isEqualTo("200 green");
          assertThat(run("switch", "orders", "blue", file.toString())).isZero();
          assertThat(get(client)).isEqualTo("200 blue");
        }
        stop.set(true);
        for (Future<Map<String, Integer>> caller : callers) {
          assertThat(caller.get().keySet()).containsExactlyInAnyOrder("200 blue", "200 green");
        }
      } finally {
        stop.set(true);
      }
    }
  }

  /** What a caller gets who never stops asking, on one connection. */
  private static Map<String, Integer> load(int port, CountDownLatch begun, AtomicBoolean stop) {
    Map<String, Integer> seen = new HashMap<>();
    try (RawClient client = RawClient.connect(port)) {
      seen.put(get(client), 1);
      begun.countDown();
      while (!stop.get()) {
        seen.merge(get(client), 1, Integer::sum);
      }
    } catch (Exception e) {
      seen.put(e.toString(), 1);
      begun.countDown();
    }
    return seen;
  }

  private static String get(RawClient client) throws IOException {
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    var answer = client.readResponse();
    return answer.status() + " " + answer.text();
  }
}
