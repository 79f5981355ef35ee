package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final List<Buckets> ALL =
      List.of(Buckets.DURATION, Buckets.OWN_DURATION, Buckets.SIZE);

  @Test
  void findsTheSameBucketAsASearchFromTheStart() {
    Random random = new Random(1);
    for (Buckets buckets : ALL) {
      for (int i = 0; i < 100_000; i++) {
        requireRight(buckets, random.nextLong() >>> random.nextInt(1, 64));
      }
    }
  }

  @Test
  void putsABoundIntoItsOwnBucketAndWhatIsAboveIntoTheNext() {
    for (Buckets buckets : ALL) {
      double[] bounds = buckets.bounds();
      for (int i = 0; i < bounds.length - 1; i++) {
        long bound = Math.round(bounds[i] / buckets.inUnit(1));
        assertThat(buckets.indexOf(bound)).isEqualTo(i);
        assertThat(buckets.indexOf(bound + 1)).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void takesAnyNumber() {
    for (Buckets buckets : ALL) {
      assertThat(buckets.indexOf(0)).isZero();
      assertThat(buckets.indexOf(-1)).isZero();
      assertThat(buckets.indexOf(Long.MIN_VALUE)).isZero();
      assertThat(buckets.indexOf(Long.MAX_VALUE)).isEqualTo(buckets.count() - 1);
    }
  }

  @Test
  void showsBoundsAsRoundNumbers() {
    assertThat(Buckets.DURATION.bounds()).startsWith(0.0001, 0.00025, 0.0005, 0.001);
    assertThat(Buckets.DURATION.bounds()).endsWith(30, 60, Double.POSITIVE_INFINITY);
  }

  private static void requireRight(Buckets buckets, long value) {
    double[] bounds = buckets.bounds();
    int expected = 0;
    while (buckets.inUnit(value) > bounds[expected]) {
      expected++;
    }
    assertThat(buckets.indexOf(value)).as("%d", value).isEqualTo(expected);
  }
}
