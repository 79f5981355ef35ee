package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shown to users as an example works, without a warning. */
class ExamplesTest {
  private static final Secrets SECRETS =
      Secrets.of(
          Map.ofEntries(
              Map.entry("TOKEN_SECRET", "k".repeat(32)),
              Map.entry("CLIENT_SECRET", "s"),
              Map.entry("SESSION_KEY", "k".repeat(32)),
              Map.entry("OLD_SESSION_KEY", "o".repeat(32)),
              Map.entry("PARTNER_SECRET", "p".repeat(32)),
              Map.entry("LEDGER_PASSWORD", "l".repeat(32)),
              Map.entry("REDIS_USER", "gate"),
              Map.entry("REDIS_PASSWORD", "hunter33")));
  private static final Path EXAMPLES = Path.of("../examples");

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void readsWithoutAProblem(Path example) {
    Reading reading = new ConfigReader(Policies.KINDS, SECRETS).read(example);

    assertThat(reading.problems().report()).isEmpty();
  }

  @Test
  void theFullExampleHasEveryKey() throws IOException {
    String full = Files.readString(EXAMPLES.resolve("full.yaml"));

    for (String key : dev.headgate.config.shape.SchemaKeys.all()) {
      assertThat(full).as(key).containsPattern("\\b" + key + ":|\\{ " + key + ":");
    }
  }
}
