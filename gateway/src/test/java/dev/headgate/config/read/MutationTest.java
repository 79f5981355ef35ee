package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problem;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sound configuration, damaged at random: whatever comes of it, it is an answer with places. */
class MutationTest {
  private static final List<String> SCRAPS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          "- ",
          "\n",
          "  ",
          "\t",
          "#",
          "'",
          "\"",
          "|",
          ">",
          "*",
          "&a ",
          "!x ",
          "---\n",
          "...",
          "? ",
          ",",
          "${",
          "${env:A}",
          "${file:x}",
          "$${",
          "%",
          "\\",
          "\u0000",
          "\u0085",
          "\ufeff",
          "\ud83d\ude00",
          "\ud800",
          "off",
          "null",
          "~",
          "-1",
          "99999999999999999999",
          "1ms",
          "0s",
          "999999999d",
          "1TiB",
          "999999999999999TiB",
          "/**",
          "{id}",
          "//",
          "..",
          "http://",
          "[::1]:1",
          "0.0.0.0/0",
          "(((",
          "a{1000}",
          "routes:",
          "to:",
          "auth: public",
          "<<: ");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyDamageIsAnsweredWithPlaces(long seed) throws IOException {
    Random random = new Random(seed);
    String sound = Files.readString(Path.of("../examples/full.yaml"));
    ConfigReader reader =
        new ConfigReader(
            Policies.KINDS,
            Secrets.of(
                Map.ofEntries(
                    Map.entry("A", "value of a"),
                    Map.entry("TOKEN_SECRET", "k".repeat(32)),
                    Map.entry("SESSION_KEY", "k".repeat(32)),
                    Map.entry("PARTNER_SECRET", "p".repeat(32)),
                    Map.entry("OLD_SESSION_KEY", "o".repeat(32)),
                    Map.entry("LEDGER_PASSWORD", "l".repeat(32)),
                    Map.entry("REDIS_USER", "gate"),
                    Map.entry("REDIS_PASSWORD", "hunter33"))));
    for (int round = 0; round < 150; round++) {
      String text = damaged(sound, random);
      Reading reading = reader.read("h.yaml", text);

      assertThat(reading instanceof Reading.Refused).isEqualTo(reading.problems().hasErrors());
      int lines = text.split("\r\n|[\n\r\u0085\u2028\u2029]", -1).length;
      for (Problem problem : reading.problems().sorted()) {
        assertThat(problem.line()).as(problem.toString()).isBetween(1, lines + 1);
        assertThat(problem.column()).as(problem.toString()).isPositive();
        assertThat(problem.message()).isNotEmpty().doesNotContain("\n");
        assertThat(problem.toString()).doesNotContain("value of a");
      }
      if (reading instanceof Reading.Accepted accepted) {
        String yaml = EffectiveConfig.yaml(Policies.KINDS, accepted.config(), accepted.sources());
        Reading again = reader.read("again.yaml", yaml);
        assertThat(again).as(again.problems().report() + yaml).isInstanceOf(Reading.Accepted.class);
        assertThat(((Reading.Accepted) again).config()).isEqualTo(accepted.config());
      }
    }
  }

  private static String damaged(String sound, Random random) {
    StringBuilder text = new StringBuilder(sound);
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.insert(at, SCRAPS.get(random.nextInt(SCRAPS.size())));
        case 1 -> text.delete(at, end);
        case 2 -> text.replace(at, end, SCRAPS.get(random.nextInt(SCRAPS.size())));
        case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
        default -> swapLines(text, random);
      }
    }
    return text.toString();
  }

  private static void swapLines(StringBuilder text, Random random) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.toString().split("\n", -1)));
    int one = random.nextInt(lines.size());
    lines.add(random.nextInt(lines.size()), lines.remove(one));
    text.setLength(0);
    text.append(String.join("\n", lines));
  }
}
