package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketsTest {
  private static final long EACH = 1_000;
  private static final long DEPTH = 10 * EACH;

  @Test
  void givesABurstAndThenWhatComesBack() {
    Buckets buckets = new Buckets(1000);
    for (int i = 9; i >= 0; i--) {
      assertThat(buckets.take(7, EACH, DEPTH, 5)).isEqualTo(i * EACH);
    }
    assertThat(buckets.take(7, EACH, DEPTH, 5)).isEqualTo(-EACH);
    assertThat(buckets.take(7, EACH, DEPTH, 5 + EACH - 1)).isEqualTo(-1);
    assertThat(buckets.take(7, EACH, DEPTH, 5 + EACH)).isZero();
    assertThat(buckets.take(7, EACH, DEPTH, 5 + 100 * DEPTH)).isEqualTo(DEPTH - EACH);
  }

  @Test
  void keysDoNotShareABucket() {
    Buckets buckets = new Buckets(1000);
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      assertThat(buckets.take(random.nextLong(), DEPTH, DEPTH, 5)).isZero();
    }
    assertThat(buckets.evictions()).isZero();
  }

  @Test
  void whatWasPutBackCanBeTakenAgain() {
    Buckets buckets = new Buckets(1000);
    buckets.take(7, DEPTH, DEPTH, 5);
    buckets.giveBack(7, 3 * EACH, 5);

    assertThat(buckets.look(7, 3 * EACH, DEPTH, 5)).isZero();
    assertThat(buckets.look(7, 4 * EACH, DEPTH, 5)).isEqualTo(-EACH);
  }

  @Test
  void aChargeLeavesNoMoreMissingThanTheMost() {
    Buckets buckets = new Buckets(1000);
    for (int i = 0; i < 100; i++) {
      buckets.charge(7, EACH, 2 * DEPTH, 5);
    }
    assertThat(buckets.look(7, 0, DEPTH, 5)).isEqualTo(-DEPTH);
  }

  @Test
  void worksWhereTheClockIsNegative() {
    Buckets buckets = new Buckets(1000);
    assertThat(buckets.take(7, DEPTH, DEPTH, -50)).isZero();
    assertThat(buckets.take(7, EACH, DEPTH, -49)).isEqualTo(1 - EACH);
  }

  /**
   * Eight places and fifty keys that push each other out: whoever is given something would have
   * been given it by a bucket of its own that nobody ever took away.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void beingPushedOutNeverWinsAnything(long seed) {
    Random random = new Random(seed);
    long[] keys = random.longs(50).toArray();
    Buckets crowded = new Buckets(1);
    Map<Long, Long> alone = new HashMap<>();
    long now = -1_000_000;
    int given = 0;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(200);
      long key = keys[(int) Math.abs(random.nextGaussian() * 12) % keys.length];
      long cost = EACH * (1 + random.nextInt(4));
      if (crowded.take(key, cost, DEPTH, now) >= 0) {
        long fullAt = Math.max(alone.getOrDefault(key, now), now) + cost;
        assertThat(fullAt - now).isLessThanOrEqualTo(DEPTH);
        alone.put(key, fullAt);
        given++;
      }
    }
    assertThat(given).isPositive();
    assertThat(crowded.evictions()).isPositive();
  }

  @Test
  void loopsThatTakeTogetherGetExactlyWhatIsThere() throws Exception {
    Buckets buckets = new Buckets(1000);
    buckets.take(7, 0, DEPTH, 5);
    long depth = 50_000 * EACH;
    Callable<Integer> loop =
        () -> {
          int taken = 0;
          for (int i = 0; i < 20_000; i++) {
            taken += buckets.take(7, EACH, depth, 5) >= 0 ? 1 : 0;
          }
          return taken;
        };
    int taken = 0;
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(threads.submit(loop));
      }
      for (Future<Integer> one : all) {
        taken += one.get();
      }
    }
    assertThat(taken).isEqualTo(50_000);
  }

  /** New keys that several loops bring at once: none gets more than one taking a loop too many. */
  @Test
  void loopsThatBringTheSameNewKeysForgetLittle() throws Exception {
    Buckets buckets = new Buckets(100_000);
    long[] keys = new Random(3).longs(5_000).toArray();
    Callable<Integer> loop =
        () -> {
          int taken = 0;
          for (long key : keys) {
            for (int i = 0; i < 12; i++) {
              taken += buckets.take(key, EACH, DEPTH, 5) >= 0 ? 1 : 0;
            }
          }
          return taken;
        };
    int taken = 0;
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(threads.submit(loop));
      }
      for (Future<Integer> one : all) {
        taken += one.get();
      }
    }
    assertThat(taken).isBetween(10 * keys.length, 13 * keys.length);
  }
}
