package dev.headgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed (SIGKILL) at random points while it counts: what it had said to be written is
 * in the ledger, and nothing that it had not counted, in the usage and in the quota alike.
 */
class KilledLedgerTest {
  @TempDir private Path folder;

  private record Said(long counted, long written) {}

  @Test
  void whatAKilledProcessHadWrittenIsThereAndNothingTwice() throws Exception {
    Path file = folder.resolve("ledger.db");
    Random random = new Random(11);
    long kills = Long.parseLong(System.getenv().getOrDefault("HEADGATE_KILLS", "12"));
    for (int i = 0; i < kills; i++) {
      String consumer = "run-" + i;
      Said said = killed(file, consumer, random.nextInt(1, 40));
      LedgerStore store = new LedgerStore.File(file);
      long requests = Databases.requests(store, consumer);
      assertThat(requests)
          .isBetween(said.written(), said.counted())
          .isEqualTo(requests / 150 * 150);
      assertThat(Databases.used(store, consumer)).isEqualTo(requests);
    }
  }

  /** Runs a process, kills it a while after some lines, and reads all that it has said. */
  private static Said killed(Path file, String consumer, int lines) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.headgate.ledger.KilledProcess",
                    file.toString(),
                    consumer))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long counted = 0;
    long written = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      int seen = 0;
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        long number = Long.parseLong(line.substring(line.indexOf(' ') + 1));
        if (line.startsWith("counted")) {
          counted = number;
        } else {
          written = number;
        }
        if (++seen == lines) {
          process.toHandle().destroyForcibly(); // leaves what it has said to be read
        }
      }
    }
    assertThat(counted).isPositive();
    return new Said(counted, written);
  }
}
