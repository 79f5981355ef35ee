package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Node;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import dev.headgate.source.FileSource;
import dev.headgate.testkit.ManualClock;
import dev.headgate.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key is replaced: the new one is added, the old one falls quiet, and is taken out. */
class KeyRotationWireTest {
  private static final String LISTENER =
      """
      runtime: { loops: 1, transport: nio }
      listeners: { l: { address: "127.0.0.1:0" } }
      policies: { keys: { apiKey: {} }, others: { apiKey: { query: key } } }
      routes:
        r: { match: { path: /r }, auth: keys, respond: { body: in } }
        q: { match: { path: /q }, auth: others, respond: { body: in } }
      telemetry: { accessLog: { to: "off" } }
      authFailures: { mode: off }
      admin: { address: "127.0.0.1:0" }
      """;

  @TempDir private Path folder;

  private final ManualClock clock = new ManualClock();
  private Node node;
  private FileSource source;

  @BeforeEach
  void start() throws Exception {
    write("old");
    source =
        new FileSource(
            folder.resolve("h.yaml"), new ConfigReader(Policies.KINDS, Secrets.of(Map.of())));
    Node.Started started = Node.start(source, "test", clock);
    assertThat(started.problems().report()).isEmpty();
    node = ((Node.Started.Serving) started).node();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void write(String... keys) throws Exception {
    StringBuilder yaml = new StringBuilder(LISTENER);
    yaml.append("consumers:\n  acme:\n    credentials:\n");
    for (String key : keys) {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      yaml.append("      - apiKey: { id: %s, sha256: %s }%n".formatted(key, hex(hash)));
    }
    Files.writeString(folder.resolve("h.yaml"), yaml);
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private void reload() {
    node.reload();
    source.read(); // comes back after the reload: the source does one thing after the other
  }

  private int call(String path, String key) throws IOException {
    InetSocketAddress address = Objects.requireNonNull(node.addresses().get("l"));
    try (RawClient client = RawClient.connect(address.getPort())) {
      return client
          .send("GET " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n\r\n")
          .readResponse()
          .status();
    }
  }

  private String keys(String query) throws IOException {
    try (RawClient client = RawClient.connect(node.adminAddress().orElseThrow().getPort())) {
      return client.get("/keys" + query).text();
    }
  }

  @Test
  void theOldKeyFallsQuietWhileTheNewOneIsInUse() throws Exception {
    assertThat(keys(""))
        .isEqualTo(
            """
            {"now":"2026-01-01T00:00:00Z","since":"2026-01-01T00:00:00Z","keys":[\
            {"consumer":"acme","id":"old","from":"consumers","state":"valid"}]}
            """);
    clock.advance(Duration.ofHours(1));
    assertThat(call("/r", "old")).isEqualTo(200);
    write("old", "new");
    reload();
    clock.advance(Duration.ofDays(2));
    assertThat(call("/q?key=new", "")).isEqualTo(200);
    assertThat(call("/r", "wrong")).isEqualTo(401);

    assertThat(keys("?consumer=acme"))
        .contains("\"now\":\"2026-01-03T01:00:00Z\",\"since\":\"2026-01-01T00:00:00Z\"")
        .contains("\"id\":\"old\",\"from\":\"consumers\",\"state\":\"valid\"")
        .containsOnlyOnce("\"lastUsed\":\"2026-01-01T01:00:00Z\"")
        .containsOnlyOnce("\"lastUsed\":\"2026-01-03T01:00:00Z\"")
        .doesNotContainPattern("[0-9a-f]{64}");
    assertThat(keys("?consumer=other")).contains("\"keys\":[]");

    write("new");
    reload();
    assertThat(call("/r", "old")).isEqualTo(401);
    assertThat(keys("")).contains("2026-01-03T01:00:00Z").doesNotContain("old");
  }

  private void writeWithFile() throws IOException {
    Files.writeString(
        folder.resolve("h.yaml"),
        LISTENER.replace("keys: { apiKey: {} }", "keys: { apiKey: { keysFile: k.jsonl } }")
            + "consumers: { acme: { groups: [a] } }\n");
  }

  private KeysFile keysFile() throws IOException {
    return new KeysFile(folder.resolve("k.jsonl"));
  }

  private static KeyLine line(String consumer, String key) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    return KeyLine.of(consumer, key, hex(hash), null, null, List.of());
  }

  /** Waits for the gateway to see by itself that a file has changed. */
  private void await(String key, int status) throws IOException {
    long begun = System.nanoTime();
    while (call("/r", key) != status) {
      assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(20).toNanos());
      Thread.onSpinWait();
    }
  }

  @Test
  void aKeysFileIsReadAgainWhenItChangesAndUsesStayKnown() throws Exception {
    keysFile().add(line("acme", "first"));
    writeWithFile();
    reload();
    assertThat(call("/r", "first")).isEqualTo(200);
    assertThat(call("/r", "second")).isEqualTo(401);
    assertThat(keys("")).contains("\"from\":\"k.jsonl\",\"state\":\"valid\",\"lastUsed\"");

    keysFile().add(line("shop", "second"));
    await("second", 200);
    clock.advance(Duration.ofDays(1));
    keysFile().remove(key -> key.id().equals("first"));
    await("first", 401);
    assertThat(call("/r", "second")).isEqualTo(200);
    keysFile().add(line("acme", "first"));
    await("first", 200);
    assertThat(keys("?consumer=shop")).contains("\"lastUsed\":\"2026-01-02T00:00:00Z\"");
  }

  @Test
  void aBadKeysFileChangesNothingAndSaysWhichLine() throws Exception {
    keysFile().add(line("acme", "first"));
    writeWithFile();
    reload();
    Files.writeString(folder.resolve("k.jsonl"), "{\"consumer\":\"acme\"}\n");
    reload();
    assertThat(call("/r", "first")).isEqualTo(200);
    try (RawClient client = RawClient.connect(node.adminAddress().orElseThrow().getPort())) {
      assertThat(client.get("/readyz").text())
          .contains("\"result\":\"refused\"", "k.jsonl:1: 'consumer' and 'sha256' are needed");
    }

    String grouped = line("acme", "x").text().replace("}", ",\"groups\":[\"b\"]}");
    String twice = line("acme", "y").text();
    Files.writeString(folder.resolve("k.jsonl"), grouped + "\n" + twice + "\n" + twice + "\n");
    reload();
    try (RawClient client = RawClient.connect(node.adminAddress().orElseThrow().getPort())) {
      assertThat(client.get("/readyz").text())
          .contains(
              "k.jsonl:1: acme is under 'consumers'", "k.jsonl:3: the key is the same as one");
    }
    Files.delete(folder.resolve("k.jsonl"));
    keysFile().add(line("acme", "second"));
    await("second", 200);
    assertThat(call("/r", "first")).isEqualTo(401);
  }
}
