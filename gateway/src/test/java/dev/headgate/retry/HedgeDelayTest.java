package dev.headgate.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.HedgeAfter;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HedgeDelayTest {
  private static long millis(long millis) {
    return millis * 1_000_000;
  }

  @Test
  void aFixedTimeIsWhatItIs() {
    HedgeDelay delay = new HedgeDelay(HedgeAfter.parse("50ms"));
    delay.took(millis(1));
    assertThat(delay.nanos()).isEqualTo(millis(50));
  }

  @Test
  void nothingIsLateBeforeAHundredAnswers() {
    HedgeDelay delay = new HedgeDelay(HedgeAfter.parse("p95"));
    for (int i = 0; i < 99; i++) {
      assertThat(delay.nanos()).isEqualTo(HedgeDelay.UNKNOWN);
      delay.took(millis(1));
    }
    for (int i = 0; i < 40; i++) {
      delay.took(millis(1));
    }
    assertThat(delay.nanos()).isBetween(millis(1), millis(9) / 8);
  }

  /** Whatever the times are, what is read is right but for an eighth. */
  @Test
  void thePercentileIsAtMostAnEighthTooLong() {
    Random random = new Random(3);
    for (String after : new String[] {"p50", "p90", "p95", "p99"}) {
      HedgeDelay delay = new HedgeDelay(HedgeAfter.parse(after));
      long[] times = new long[3200];
      for (int i = 0; i < times.length; i++) {
        times[i] = 1000 + (long) (Math.exp(random.nextGaussian()) * millis(5));
        delay.took(times[i]);
      }
      Arrays.sort(times);
      int share = HedgeAfter.parse(after).percentile();
      long exact = times[times.length * share / 100];
      assertThat(delay.nanos()).as(after).isBetween(exact * 99 / 100, exact * 9 / 8 + 1000);
    }
  }

  @Test
  void whatWasLongAgoIsForgotten() {
    HedgeDelay delay = new HedgeDelay(HedgeAfter.parse("p95"));
    for (int i = 0; i < 100_000; i++) {
      delay.took(millis(500));
    }
    for (int i = 0; i < 20_000; i++) {
      delay.took(millis(2));
    }
    assertThat(delay.nanos()).isLessThan(millis(3));
  }

  @Test
  void anyTimeIsTaken() {
    HedgeDelay delay = new HedgeDelay(HedgeAfter.parse("p99"));
    for (int i = 0; i < 64; i++) {
      delay.took(0);
      delay.took(-1);
      delay.took(Long.MAX_VALUE);
      delay.took(1L << (i % 63));
    }
    assertThat(delay.nanos()).isPositive();
  }

  @Test
  void onlyTimesAndPercentilesAreRead() {
    for (String text : new String[] {"p49", "p100", "p9", "px5", "0ms", "2m", "fast", ""}) {
      assertThatThrownBy(() -> HedgeAfter.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(HedgeAfter.parse("p95").toString()).isEqualTo("p95");
    assertThat(HedgeAfter.parse("50ms").toString()).isEqualTo("50ms");
  }
}
