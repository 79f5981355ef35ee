package dev.headgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class LeakySketchTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long FOREVER = Long.MAX_VALUE;

  private static byte[] key(Object name) {
    return name.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aDebtIsPaidOffAsTimePasses() {
    LeakySketch.Cells ada = new LeakySketch().of(key("ada"));
    assertThat(ada.owed(5)).isZero();

    ada.owe(10 * SECOND, FOREVER, 5);
    ada.owe(10 * SECOND, FOREVER, 5);

    assertThat(ada.owed(5)).isEqualTo(20 * SECOND);
    assertThat(ada.owed(5 + 15 * SECOND)).isEqualTo(5 * SECOND);
    assertThat(ada.owed(5 + 21 * SECOND)).isZero();
  }

  @Test
  void nobodyOwesMoreThanTheMost() {
    LeakySketch.Cells ada = new LeakySketch().of(key("ada"));
    for (int i = 0; i < 100; i++) {
      ada.owe(SECOND, 10 * SECOND, 5);
    }
    assertThat(ada.owed(5)).isEqualTo(10 * SECOND);
  }

  @Test
  void worksWhereTheClockIsNegative() {
    LeakySketch.Cells ada = new LeakySketch().of(key("ada"));
    long now = -3 * SECOND;
    ada.owe(2 * SECOND, FOREVER, now);

    assertThat(ada.owed(now)).isEqualTo(2 * SECOND);
    assertThat(ada.owed(now + SECOND)).isEqualTo(SECOND);
  }

  /** What is told is never less than the truth, and with many in debt hardly ever more. */
  @RepeatedTest(5)
  void neverForgetsAndSeldomBlamesOthers() {
    Random random = new Random(7);
    LeakySketch sketch = new LeakySketch();
    Map<String, Long> truth = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      String name = "guesser" + random.nextInt(5_000);
      long nanos = 1 + random.nextInt(1_000);
      truth.merge(name, nanos, Long::sum);
      sketch.of(key(name)).owe(nanos, FOREVER, 5);
    }
    truth.forEach(
        (name, owed) -> assertThat(sketch.of(key(name)).owed(5)).isGreaterThanOrEqualTo(owed));
    int blamed = 0;
    for (int i = 0; i < 10_000; i++) {
      blamed += sketch.of(key("honest" + i)).owed(5) > 0 ? 1 : 0;
    }
    assertThat(blamed).isLessThan(20);
  }
}
