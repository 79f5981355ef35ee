package dev.headgate.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopKeysTest {
  private static final long NOW = 1_000_000;

  private static void count(TopKeys keys, long key, long at) {
    keys.count(key, () -> "k" + key, at);
  }

  private static List<TopKeys.Seen> top(TopKeys keys, int most, long at) {
    return TopKeys.merged(List.of(keys), most, at);
  }

  @Test
  void fewKeysAreCountedExactly() {
    TopKeys keys = new TopKeys();
    for (int i = 1; i <= 50; i++) {
      for (int times = 0; times < i; times++) {
        count(keys, i, NOW);
      }
    }
    assertThat(top(keys, 2, NOW))
        .containsExactly(new TopKeys.Seen("k50", 50, 50), new TopKeys.Seen("k49", 49, 49));
    assertThat(top(keys, 100, NOW)).hasSize(50);
  }

  /** Against a map that remembers everything. */
  @Test
  void whoComesOftenIsNeverMissedAndBoundsHold() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<TopKeys> parts = List.of(new TopKeys(), new TopKeys(), new TopKeys());
      Map<String, Long> truth = new HashMap<>();
      int total = 30_000;
      for (int i = 0; i < total; i++) {
        boolean heavy = random.nextInt(3) == 0;
        long key = heavy ? random.nextInt(8) : 100 + random.nextInt(20_000);
        count(parts.get(random.nextInt(parts.size())), key, NOW);
        truth.merge("k" + key, 1L, Long::sum);
      }
      List<TopKeys.Seen> seen = TopKeys.merged(parts, 1000, NOW);
      Map<String, TopKeys.Seen> byName = new HashMap<>();
      seen.forEach(each -> byName.put(each.name(), each));
      truth.forEach((name, count) -> {
        TopKeys.Seen found = byName.get(name);
        if (count > total / 64) {
          assertThat(byName).containsKey(name);
        }
        if (found != null && count > total / 64) {
          assertThat(count).isBetween(found.least(), found.most());
        } else if (found != null) {
          assertThat(found.least()).isLessThanOrEqualTo(count);
        }
      });
    }
  }

  @Test
  void whatIsLongAgoIsForgotten() {
    TopKeys keys = new TopKeys();
    count(keys, 1, NOW);
    count(keys, 2, NOW + 61_000);
    assertThat(top(keys, 9, NOW + 61_000)).hasSize(2);
    count(keys, 3, NOW + 122_000);
    assertThat(top(keys, 9, NOW + 122_000))
        .extracting(TopKeys.Seen::name)
        .containsExactly("k2", "k3");
    assertThat(top(keys, 9, NOW + 300_000)).isEmpty();
  }

  @Test
  void aClockThatIsPutBackHarmsNothing() {
    TopKeys keys = new TopKeys();
    count(keys, 1, NOW);
    count(keys, 2, NOW - 500_000);
    assertThat(top(keys, 9, NOW - 500_000)).extracting(TopKeys.Seen::name).contains("k2");
  }

  @Test
  void oneCountsWhileOthersRead() throws Exception {
    TopKeys keys = new TopKeys();
    List<Throwable> thrown = new ArrayList<>();
    Thread reader =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((_, e) -> thrown.add(e))
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                for (TopKeys.Seen seen : top(keys, 100, NOW)) {
                  assertThat(seen.least()).isBetween(0L, seen.most());
                }
              }
            });
    Random random = new Random(1);
    for (int i = 0; i < 500_000; i++) {
      count(keys, random.nextInt(1000), NOW);
    }
    reader.interrupt();
    reader.join();
    assertThat(thrown).isEmpty();
  }
}
