package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysFileTest {
  private static final String HASH =
      "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
  private static final String LINE =
      "{ \"sha256\": \"" + HASH.toUpperCase(java.util.Locale.ROOT) + "\", \"consumer\":\"acme\"}";

  @TempDir private Path folder;

  private static KeyLine key(String id) throws KeyLine.Malformed {
    Instant end = Instant.parse("2027-01-01T00:00:00Z");
    return KeyLine.of("acme", id, HASH, null, end, List.of("a"));
  }

  private static KeyLine read(String line) throws Exception {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return new KeyLine.Reader().read(bytes, bytes.length);
  }

  private static List<KeyLine> lines(String text) throws Exception {
    List<KeyLine> all = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (KeyLines lines = new KeyLines(new ByteArrayInputStream(bytes))) {
      while (lines.next()) {
        all.add(lines.parsed());
      }
    }
    return all;
  }

  @Test
  void readsLinesHoweverTheyEnd() throws Exception {
    KeyLine expected = new KeyLine("acme", HASH.substring(0, 8), HASH, null, null, List.of());
    assertThat(lines("\n" + LINE + "\r\n\r\n" + LINE)).containsExactly(expected, expected);
    assertThat(lines("")).isEmpty();
    assertThat(lines((LINE + "\n").repeat(3000))).hasSize(3000);
    assertThat(read(key("x").text())).isEqualTo(key("x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[];expected a JSON object",
        "{;not a JSON object",
        "{};'consumer' and 'sha256' are needed",
        "{} {};something follows",
        "{\"consumer\":\"a\",\"sha256\":\"HASH\"} x;not a JSON object",
        "{\"consumer\":\"a\",\"sha256\":\"HASH\"} 1;something follows",
        "{\"consumer\":\"a\",\"consumer\":\"b\"};written twice",
        "{\"consumer\":\"a\",\"sha256\":\"abc\"};64 hexadecimal digits",
        "{\"consumer\":\"\",\"sha256\":\"HASH\"};'consumer' is a text",
        "{\"consumer\":7,\"sha256\":\"HASH\"};'consumer' is a text",
        "{\"consumer\":\"a\\nb\",\"sha256\":\"HASH\"};'consumer' is a text",
        "{\"consumer\":\"a\",\"sha256\":\"HASH\",\"secret\":1};an unknown key",
        "{\"consumer\":\"a\",\"sha256\":\"HASH\",\"expires\":\"soon\"};'expires' is a time",
        "{\"consumer\":\"a\",\"sha256\":\"HASH\",\"groups\":\"a\"};'groups' is a list",
      })
  void saysWhatIsWrongWithALineAndNothingOfIt(String line, String problem) {
    assertThatThrownBy(() -> read(line.replace("HASH", HASH)))
        .isInstanceOf(KeyLine.Malformed.class)
        .hasMessageContaining(problem)
        .message()
        .doesNotContain(HASH);
  }

  @Test
  void aLineThatIsTooLongIsOneProblem() throws Exception {
    String text = "x".repeat(200_000) + "\n" + LINE + "\n";
    try (KeyLines lines =
        new KeyLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
      assertThat(lines.next()).isTrue();
      assertThatThrownBy(lines::parsed).hasMessageContaining("bytes or more");
      assertThat(lines.next()).isTrue();
      assertThat(lines.parsed().consumer()).isEqualTo("acme");
      assertThat(lines.number()).isEqualTo(2);
      assertThat(lines.next()).isFalse();
    }
  }

  @Test
  void addsAndRemovesKeysAndLeavesTheOtherLinesAsTheyAre() throws Exception {
    Path file = Files.writeString(folder.resolve("keys.jsonl"), LINE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    new KeysFile(link).add(key("one"));
    new KeysFile(link).add(key("two"));
    assertThat(new KeysFile(link).count(key -> key.consumer().equals("acme"))).isEqualTo(3);
    new KeysFile(link).remove(key -> key.id().equals("one"));

    assertThat(Files.readString(file)).isEqualTo(LINE + "\n" + key("two").text() + "\n");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThat(filesIn(folder)).containsExactlyInAnyOrder("keys.jsonl", "link");
  }

  private static List<String> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void aFileThatItMakesIsForItsOwnerOnly() throws Exception {
    Path file = folder.resolve("new.jsonl");
    new KeysFile(file).add(key("one"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileWithABadLineIsNotChanged() throws Exception {
    Path file = Files.writeString(folder.resolve("keys.jsonl"), LINE + "\n{}\n");
    assertThatThrownBy(() -> new KeysFile(file).add(key("one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("keys.jsonl:2: ");
    assertThatThrownBy(() -> new KeysFile(file).remove(_ -> true)).isInstanceOf(IOException.class);
    assertThat(Files.readString(file)).isEqualTo(LINE + "\n{}\n");
    assertThat(filesIn(folder)).containsExactly("keys.jsonl");
  }
}
