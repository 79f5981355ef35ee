package dev.headgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.SeenOnce.Seen;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenOnceTest {
  private static final long KNOWN = 1000;

  private final SeenOnce seen = new SeenOnce();

  private static byte[] id(int number) {
    return Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void nothingIsForgottenTooEarlyAndEverythingInTheEnd() {
    Random random = new Random(7);
    Map<Integer, Long> first = new HashMap<>();
    long now = 5000;
    for (int i = 0; i < 100_000; i++) {
      now += random.nextInt(random.nextInt(1000) == 0 ? 3000 : 3);
      int number = random.nextInt(2000);
      Seen said = seen.first(id(number), now, KNOWN, 100_000);
      Long before = first.get(number);
      if (before != null && now - before < KNOWN) {
        assertThat(said).isEqualTo(Seen.AGAIN);
      } else if (before == null || now - before >= 3 * KNOWN) {
        assertThat(said).isEqualTo(Seen.FIRST);
      }
      if (said == Seen.FIRST) {
        first.put(number, now);
      }
    }
  }

  @Test
  void whenItIsFullNothingIsTakenUntilSomethingIsForgotten() {
    for (int i = 0; i < 10; i++) {
      assertThat(seen.first(id(i), KNOWN, KNOWN, 10)).isEqualTo(Seen.FIRST);
    }
    assertThat(seen.first(id(10), KNOWN + 1, KNOWN, 10)).isEqualTo(Seen.FULL);
    assertThat(seen.first(id(3), KNOWN + 1, KNOWN, 10)).isEqualTo(Seen.AGAIN);
    assertThat(seen.first(id(10), 2 * KNOWN, KNOWN, 10)).isEqualTo(Seen.FIRST);
    assertThat(seen.first(id(3), 2 * KNOWN, KNOWN, 10)).isEqualTo(Seen.AGAIN);
  }

  @Test
  void ofManyThatShowTheSameAtOnceOneIsTheFirst() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 200; round++) {
        byte[] id = id(round);
        var all =
            IntStream.range(0, 4)
                .mapToObj(_ -> threads.submit(() -> seen.first(id, KNOWN, KNOWN, 1000)))
                .toList();
        int firsts = 0;
        for (var one : all) {
          firsts += one.get() == Seen.FIRST ? 1 : 0;
        }
        assertThat(firsts).isEqualTo(1);
      }
    }
  }
}
