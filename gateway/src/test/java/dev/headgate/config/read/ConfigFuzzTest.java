package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.config.Problem;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Hostile files: an answer each time, with places, and no secret in it. */
class ConfigFuzzTest {
  @FuzzTest
  void anyFileIsAnswered(byte[] file) {
    // ISO-8859-1 keeps every byte apart; the reader sees them as UTF-8 of those characters.
    String text = new String(file, StandardCharsets.ISO_8859_1);
    ConfigReader reader = new ConfigReader(Policies.KINDS, new OneSecret());

    Reading reading = reader.read(new TreeMap<>(Map.of("h.yaml", text)));

    assertThat(reading instanceof Reading.Refused).isEqualTo(reading.problems().hasErrors());
    for (Problem problem : reading.problems().sorted()) {
      assertThat(problem.line()).isPositive();
      assertThat(problem.column()).isPositive();
      assertThat(problem.toString()).doesNotContain("value of a");
    }
    if (reading instanceof Reading.Accepted accepted) {
      Reading again =
          reader.read(
              "again.yaml",
              EffectiveConfig.yaml(Policies.KINDS, accepted.config(), accepted.sources()));
      assertThat(((Reading.Accepted) again).config()).isEqualTo(accepted.config());
    }
  }

  /** No file of the machine is ever read. */
  private static final class OneSecret implements Secrets {
    @Override
    public @Nullable String env(String name) {
      return name.equals("A") ? "value of a" : null;
    }

    @Override
    public String file(Path path) throws IOException {
      throw new IOException("there are no files");
    }
  }
}
