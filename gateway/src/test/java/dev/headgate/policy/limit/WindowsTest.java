package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
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
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** A minute long, and the wall clock says that one has just begun. */
  private static Windows minutes(boolean sliding) {
    Windows windows = new Windows(1000, 60_000, sliding);
    windows.align(6_000_000, 0);
    return windows;
  }

  /** All that ever came for one key, and what follows from it, worked out slowly. */
  private static final class Log {
    private final long length;
    private final boolean sliding;
    private final List<long[]> taken = new ArrayList<>();

    Log(long length, boolean sliding) {
      this.length = length;
      this.sliding = sliding;
    }

    private long in(long window) {
      return taken.stream().filter(at -> at[0] / length == window).mapToLong(at -> at[1]).sum();
    }

    long left(long now, long limit) {
      long before = sliding ? in(now / length - 1) : 0;
      BigInteger[] share =
          BigInteger.valueOf(before)
              .multiply(BigInteger.valueOf(length - now % length))
              .divideAndRemainder(BigInteger.valueOf(length));
      long rounded = share[0].longValueExact() + share[1].signum();
      return limit - in(now / length) - rounded;
    }

    long during(long from, long to) {
      return taken.stream().filter(at -> at[0] >= from && at[0] <= to).mapToLong(at -> at[1]).sum();
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "3,false", "4,true", "5,true", "6,true", "7,true", "8,true"})
  void doesWhatALogOfAllRequestsSays(long seed, boolean sliding) {
    Random random = new Random(seed);
    long length = 1_000 * (1 + random.nextInt(100));
    long limit = 1 + random.nextInt(60);
    Windows windows = new Windows(1000, length, sliding);
    long nanos = random.nextLong() >> 8;
    long wall = 1_700_000_000_000L + random.nextInt(1_000_000);
    windows.align(wall, nanos);
    Log log = new Log(length, sliding);
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      long pause =
          random.nextInt(50) == 0 ? random.nextLong(3 * length) : random.nextLong(length / 20);
      wall += pause;
      nanos += pause * MILLI;
      long cost = 1 + random.nextInt(random.nextInt(5) == 0 ? 8 : 1);
      long room = log.left(wall, limit) - cost;
      long found = windows.take(7, cost, limit, nanos);
      if (room >= 0) {
        assertThat(found).isEqualTo(room);
        log.taken.add(new long[] {wall, cost});
      } else {
        refused++;
        assertThat(found).isNegative();
        if (cost <= limit) {
          comesBackWhenItSaid(log, limit, cost, wall, -found / MILLI);
        }
      }
    }
    assertThat(refused).isPositive();
    neverMoreThanTheBound(log, limit);
  }

  /** There is room then, and there was none a millisecond before. */
  private static void comesBackWhenItSaid(Log log, long limit, long cost, long wall, long wait) {
    assertThat(log.left(wall + wait, limit)).isGreaterThanOrEqualTo(cost);
    assertThat(log.left(wall + wait - 1, limit)).isLessThan(cost);
  }

  private static void neverMoreThanTheBound(Log log, long limit) {
    for (long[] first : log.taken) {
      long window = first[0] / log.length;
      assertThat(log.in(window)).isLessThanOrEqualTo(limit);
      for (long d = log.length / 10; d <= log.length; d += log.length / 10) {
        double bound = log.sliding ? limit + (double) limit * d / log.length : 2.0 * limit;
        assertThat((double) log.during(first[0], first[0] + d)).isLessThanOrEqualTo(bound);
      }
    }
  }

  @Test
  void aFixedWindowLetsTwiceTheLimitThroughWhereTwoMeet() {
    Windows windows = minutes(false);
    assertThat(windows.take(7, 10, 10, 59 * SECOND)).isZero();
    assertThat(windows.take(7, 1, 10, 59 * SECOND)).isEqualTo(-SECOND);
    assertThat(windows.resetNanos(59 * SECOND)).isEqualTo(SECOND);
    assertThat(windows.take(7, 10, 10, 60 * SECOND)).isZero();
  }

  @Test
  void aSlidingWindowCountsWhatCameBeforeByHowMuchOfItItStillCovers() {
    Windows windows = minutes(true);
    assertThat(windows.take(7, 10, 10, 59 * SECOND)).isZero();
    assertThat(windows.take(7, 1, 10, 60 * SECOND)).isEqualTo(-6 * SECOND);
    assertThat(windows.take(7, 5, 10, 90 * SECOND)).isZero();
    assertThat(windows.take(7, 1, 10, 90 * SECOND)).isEqualTo(-6 * SECOND);
    assertThat(windows.resetNanos(90 * SECOND)).isEqualTo(90 * SECOND);
    assertThat(windows.take(7, 10, 10, 300 * SECOND)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aLoopThatIsLateCountsInTheWindowThatOthersHaveBegun(boolean sliding) {
    Windows windows = minutes(sliding);
    windows.take(7, 4, 10, 60 * SECOND);
    assertThat(windows.take(7, 4, 10, 60 * SECOND - MILLI)).isEqualTo(2);
    assertThat(windows.take(7, 3, 10, 60 * SECOND - MILLI)).isNegative();
    assertThat(windows.take(7, 2, 10, 60 * SECOND)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void whatIsGivenBackCanBeTakenAgainAndAChargeHasABound(boolean sliding) {
    Windows windows = minutes(sliding);
    windows.take(7, 10, 10, 1);
    windows.giveBack(7, 3, 2);
    assertThat(windows.look(7, 3, 10, 3)).isZero();
    for (int i = 0; i < 100; i++) {
      windows.charge(7, 5, 20, 4);
    }
    windows.giveBack(7, 11, 5);
    assertThat(windows.look(7, 1, 10, 6)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1000000000, false", "1000000, true"})
  void countsAsFarAsALimitMayGo(long limit, boolean sliding) {
    Windows windows = new Windows(1000, sliding ? 31 * 86_400_000L : 365 * 86_400_000L, sliding);
    windows.align(1_700_000_000_000L, 0);
    assertThat(windows.take(7, limit, limit, 0)).isZero();
    windows.charge(7, limit, 2 * limit, 0);
    windows.giveBack(7, limit + 1, 0);
    assertThat(windows.look(7, 1, limit, 0)).isZero();
    assertThat(windows.look(7, 2, limit, 0)).isNegative();
  }

  /** Eight places and fifty keys: in no window does any of them get more than the limit. */
  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "3,false", "4,true", "5,true", "6,true"})
  void beingPushedOutWinsNothingInAnyWindow(long seed, boolean sliding) {
    Random random = new Random(seed);
    long[] keys = random.longs(50).toArray();
    Windows crowded = new Windows(1, 60_000, sliding);
    crowded.align(0, 0);
    Map<List<Long>, Long> given = new HashMap<>();
    long now = 0;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextLong(2 * SECOND);
      long key = keys[(int) Math.abs(random.nextGaussian() * 12) % keys.length];
      long cost = 1 + random.nextInt(4);
      if (crowded.take(key, cost, 10, now) >= 0) {
        given.merge(List.of(key, now / (60 * SECOND)), cost, Long::sum);
      }
    }
    assertThat(given.values()).isNotEmpty().allMatch(sum -> sum <= 10);
    assertThat(crowded.evictions()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void loopsThatCountTogetherLetThroughExactlyTheLimit(boolean sliding) throws Exception {
    Windows windows = minutes(sliding);
    windows.take(7, 0, 50_000, 5);
    Callable<Integer> loop =
        () -> {
          int taken = 0;
          for (int i = 0; i < 20_000; i++) {
            taken += windows.take(7, 1, 50_000, 5) >= 0 ? 1 : 0;
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
}
