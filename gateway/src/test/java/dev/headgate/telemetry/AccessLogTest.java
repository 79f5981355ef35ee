package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
  private static final String DROPPED = "headgate_access_log_dropped_lines_total";

  @TempDir Path directory;

  @Test
  void writesALineSoonAfterTheRequestWithoutWaitingForMore() {
    Path file = directory.resolve("access.log");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      node.recorder.record(Requests.answered(node.loop, "/a"));
      node.loop.advance(Duration.ofMillis(LoopLog.LINGER_MILLIS));
      await().untilAsserted(() -> assertThat(paths(file)).containsExactly("/a"));
    }
  }

  @Test
  void keepsEachLineWholeAndInOrderOverManyChunks() throws IOException {
    Path file = directory.resolve("access.log");
    int lines = 3000;
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      for (int i = 0; i < lines; i++) {
        node.recorder.record(Requests.answered(node.loop, "/" + i));
      }
    }
    List<String> paths = paths(file);
    assertThat(paths).hasSize(lines);
    for (int i = 0; i < lines; i++) {
      assertThat(paths.get(i)).isEqualTo("/" + i);
    }
    assertThat(Files.size(file)).isGreaterThan(4L * LogChunk.SIZE);
  }

  @Test
  void appendsToAFileThatIsThere() throws IOException {
    Path file = directory.resolve("access.log");
    for (String path : List.of("/a", "/b")) {
      try (Node node = new Node(Node.config("file:" + file, 100))) {
        node.recorder.record(Requests.answered(node.loop, path));
      }
    }
    assertThat(paths(file)).containsExactly("/a", "/b");
  }

  @Test
  void letsOnlyOwnerAndGroupReadANewFile() throws IOException {
    Path file = directory.resolve("access.log");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      node.recorder.record(Requests.answered(node.loop, "/"));
    }
    assertThat(Files.getPosixFilePermissions(file))
        .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.GROUP_WRITE);
  }

  @Test
  void goesOnInANewFileAfterTheOldOneWasMoved() {
    Path file = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      node.recorder.record(Requests.answered(node.loop, "/before"));
      node.loop.advance(Duration.ofSeconds(1));
      await().untilAsserted(() -> assertThat(paths(file)).isNotEmpty());
      Files.move(file, moved);
      await()
          .untilAsserted(() -> {
            node.recorder.record(Requests.answered(node.loop, "/after"));
            node.loop.advance(Duration.ofSeconds(1));
            assertThat(paths(file)).contains("/after");
          });
      assertThat(paths(moved)).startsWith("/before");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void opensTheFileAgainWhenAsked() throws IOException {
    Path file = directory.resolve("access.log");
    LogOutput.ToFile output = new LogOutput.ToFile(file);
    output.write(bytes("one\n"));
    assertThat(output.reopen(false)).isFalse();
    assertThat(output.reopen(true)).isTrue();
    output.write(bytes("two\n"));
    assertThat(Files.readString(file)).isEqualTo("one\ntwo\n");
    Files.delete(file);
    assertThat(output.reopen(false)).isTrue();
    output.write(bytes("three\n"));
    output.close();
    assertThat(Files.readString(file)).isEqualTo("three\n");
  }

  @Test
  void writesNothingWhenItIsOffAndCountsNoDrops() {
    try (Node node = Node.withoutLog()) {
      node.recorder.record(Requests.answered(node.loop, "/"));
      assertThat(node.value(DROPPED)).isZero();
    }
  }

  @Test
  void turnsToAnotherFileAndRedactionAsTheConfigurationChanges() throws IOException {
    Path first = directory.resolve("first.log");
    Path second = directory.resolve("second.log");
    try (Node node = new Node(Node.config("off", 100))) {
      node.recorder.record(Requests.answered(node.loop, "/unseen"));
      node.telemetry.apply(Node.config("file:" + first, 100));
      node.recorder.record(Requests.answered(node.loop, "/a?iban=1"));
      node.loop.advance(Duration.ofSeconds(1));
      await().untilAsserted(() -> assertThat(paths(first)).containsExactly("/a"));
      node.telemetry.apply(Node.config("file:" + second, 100, "iban"));
      node.recorder.record(Requests.answered(node.loop, "/b?iban=2"));
    }
    assertThat(Files.readString(first)).contains("iban=1").doesNotContain("/b", "/unseen");
    assertThat(Files.readString(second)).contains("iban=***").doesNotContain("/a");
  }

  @Test
  void countsEachLineThatAFullDiskDoesNotTakeAndNeverWaits() {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    Node node = new Node(Node.config("file:/dev/full", 100));
    int lines = 0;
    while (node.value(DROPPED) == 0) {
      for (int i = 0; i < 1000; i++, lines++) {
        node.recorder.record(Requests.answered(node.loop, "/"));
      }
    }
    assertThat(lines).isGreaterThan(LoopLog.MAX_CHUNKS * 100);
    node.close();
    assertThat(node.value(DROPPED)).isEqualTo(lines);
  }

  @Test
  void keepsLinesWhileItsDirectoryIsAwayAndWritesThemWhenItIsBack() throws IOException {
    Path away = directory.resolve("logs");
    Path file = away.resolve("access.log");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      node.recorder.record(Requests.answered(node.loop, "/a"));
      node.loop.advance(Duration.ofSeconds(1));
      node.recorder.record(Requests.answered(node.loop, "/b"));
      Files.createDirectory(away);
    }
    assertThat(paths(file)).containsExactly("/a", "/b");
  }

  private static List<String> paths(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(AccessLogTest::path).toList()
        : List.of();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String path(String line) {
    String path = Json.object(line).get("path");
    assertThat(path).isNotNull();
    return path == null ? "" : path;
  }
}
