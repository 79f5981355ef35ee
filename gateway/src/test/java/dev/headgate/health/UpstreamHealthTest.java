package dev.headgate.health;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.health.Ejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamHealthTest {
  private static final long SECOND = SECONDS.toNanos(1);
  private static final String RULES =
      "outlierDetection: { ejection: 10s, maxEjection: 25s, maxEjected: 50% }";

  private long now = SECONDS.toNanos(3600);

  private static UpstreamHealth health(int endpoints) {
    return health(endpoints, RULES);
  }

  private static UpstreamHealth health(int endpoints, String more) {
    return new UpstreamHealth("o", Upstreams.of(endpoints, more));
  }

  private @Nullable Reason fail(UpstreamHealth health, int endpoint, int times) {
    Reason last = null;
    for (int i = 0; i < times; i++) {
      last = health.failed(endpoint, false, now);
    }
    return last;
  }

  private @Nullable Reason answer(UpstreamHealth health, int endpoint, int status, int times) {
    Reason last = null;
    for (int i = 0; i < times; i++) {
      last = health.answered(endpoint, false, status, now);
    }
    return last;
  }

  private static List<Integer> among(UpstreamHealth health) {
    Standing standing = health.standing();
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < standing.size(); i++) {
      all.add(standing.at(i));
    }
    return all;
  }

  @Test
  void theThirdFailureToAnswerInARowLeavesAnEndpointOut() {
    UpstreamHealth health = health(3);

    assertThat(fail(health, 1, 2)).isNull();
    assertThat(among(health)).containsExactly(0, 1, 2);
    assertThat(fail(health, 1, 1)).isEqualTo(Reason.GATEWAY_ERRORS);
    assertThat(among(health)).containsExactly(0, 2);
    assertThat(health.standing().weight()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"500, 5", "502, 3", "503, 3", "504, 3", "599, 5"})
  void soManyAnswersInARowLeaveAnEndpointOut(int status, int bound) {
    UpstreamHealth health = health(3);

    assertThat(answer(health, 0, status, bound - 1)).isNull();
    assertThat(answer(health, 0, status, 1)).isNotNull();
    assertThat(among(health)).containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 200, 304, 404, 429})
  void anyOtherAnswerEndsTheRow(int status) {
    UpstreamHealth health = health(3);
    for (int i = 0; i < 20; i++) {
      answer(health, 0, 500, 4);
      answer(health, 0, status, 1);
      fail(health, 0, 2);
      answer(health, 0, status, 1);
    }
    assertThat(among(health)).containsExactly(0, 1, 2);
  }

  @Test
  void anEndpointIsNotLeftOutWhileTheOthersAreNoBetter() {
    UpstreamHealth health = health(3);
    for (int i = 0; i < 50; i++) {
      for (int endpoint = 0; endpoint < 3; endpoint++) {
        assertThat(answer(health, endpoint, 500, 1)).isNull();
      }
    }
    assertThat(among(health)).containsExactly(0, 1, 2);
    answer(health, 2, 200, 1);
    assertThat(answer(health, 0, 500, 1)).isEqualTo(Reason.SERVER_ERRORS);
  }

  @Test
  void theOnlyEndpointIsNeverLeftOut() {
    UpstreamHealth health = health(1);
    assertThat(fail(health, 0, 100)).isNull();
    assertThat(among(health)).containsExactly(0);
  }

  @Test
  void ofTwoOneMayBeLeftOut() {
    UpstreamHealth health = health(2);
    assertThat(fail(health, 0, 3)).isNotNull();
    assertThat(fail(health, 1, 100)).isNull();
    assertThat(among(health)).containsExactly(1);
  }

  @Test
  void nobodyIsLeftOutWhereThatIsTurnedOff() {
    UpstreamHealth health = health(3, "outlierDetection: { maxEjected: 0% }");
    assertThat(fail(health, 0, 100)).isNull();
    health = health(3, "outlierDetection: { consecutive5xx: 0, consecutiveGatewayErrors: 0 }");
    assertThat(fail(health, 0, 100)).isNull();
    assertThat(answer(health, 0, 500, 100)).isNull();
  }

  @Test
  void oneRequestTriesAnEndpointWhoseTimeIsOver() {
    UpstreamHealth health = health(3);
    fail(health, 1, 3);
    assertThat(health.trial(now)).isEqualTo(-1);
    now += 10 * SECOND - 1;
    assertThat(health.trial(now)).isEqualTo(-1);
    now++;
    assertThat(health.trial(now)).isEqualTo(1);
    assertThat(health.trial(now)).isEqualTo(-1);
    assertThat(among(health)).as("others stay away").containsExactly(0, 2);

    assertThat(health.answered(1, true, 200, now)).isNull();
    assertThat(among(health)).containsExactly(0, 1, 2);
    assertThat(health.trial(now)).isEqualTo(-1);
  }

  @Test
  void aTrialThatFailsLeavesTheEndpointOutForLongerUpToABound() {
    UpstreamHealth health = health(3);
    fail(health, 1, 3);
    for (int seconds : new int[] {10, 20, 25, 25}) {
      now += seconds * SECOND - 1;
      assertThat(health.trial(now)).isEqualTo(-1);
      now++;
      assertThat(health.trial(now)).isEqualTo(1);
      assertThat(health.failed(1, true, now)).isEqualTo(Reason.TRIAL);
    }
  }

  @Test
  void goodServiceMakesTheNextTimeShorterAgain() {
    UpstreamHealth health = health(3);
    fail(health, 1, 3);
    now += 10 * SECOND;
    health.trial(now);
    health.failed(1, true, now);
    now += 20 * SECOND;
    health.trial(now);
    health.answered(1, true, 200, now);

    now += 20 * SECOND;
    fail(health, 1, 3);
    now += 10 * SECOND;
    assertThat(health.trial(now)).as("both times are forgotten").isEqualTo(1);
    health.answered(1, true, 200, now);
    now += SECOND;
    fail(health, 1, 3);
    now += 10 * SECOND;
    assertThat(health.trial(now)).as("it was just away").isEqualTo(-1);
    now += 10 * SECOND;
    assertThat(health.trial(now)).isEqualTo(1);
  }

  @Test
  void aTrialThatSaysNothingIsFollowedByAnother() {
    UpstreamHealth health = health(3);
    fail(health, 1, 3);
    now += 10 * SECOND;
    assertThat(health.trial(now)).isEqualTo(1);
    health.undecided(1, true);
    assertThat(health.trial(now)).isEqualTo(1);
    assertThat(health.trial(now + 10 * SECOND - 1)).isEqualTo(-1);
    assertThat(health.trial(now + 10 * SECOND)).as("it hangs").isEqualTo(1);
  }

  @Test
  void whatIsHeardLateOfRequestsFromBeforeChangesNothing() {
    UpstreamHealth health = health(3);
    fail(health, 1, 3);
    assertThat(answer(health, 1, 200, 5)).isNull();
    assertThat(fail(health, 1, 9)).isNull();
    assertThat(among(health)).containsExactly(0, 2);
    now += 10 * SECOND;
    assertThat(health.trial(now)).isEqualTo(1);
    health.answered(1, true, 204, now);
    assertThat(fail(health, 1, 2)).isNull();
  }

  private void check(UpstreamHealth health, int endpoint, boolean well, int times) {
    for (int i = 0; i < times; i++) {
      health.checked(
          endpoint,
          Objects.requireNonNull(health.config().health()),
          well ? null : "status 500",
          now);
    }
  }

  @Test
  void checksThatFailInARowLeaveAnEndpointOutAndChecksThatPassBringItBack() {
    UpstreamHealth health = health(3, "health: /h");
    check(health, 1, true, 1);
    check(health, 1, false, 2);
    check(health, 1, true, 1);
    check(health, 1, false, 2);
    assertThat(among(health)).containsExactly(0, 1, 2);
    check(health, 1, false, 1);
    assertThat(among(health)).containsExactly(0, 2);
    assertThat(health.standing().unhealthy()).isEqualTo(1);
    assertThat(health.standing().endpoints().get(1).unhealthy()).isEqualTo("status 500");
    check(health, 1, true, 1);
    check(health, 1, false, 1);
    check(health, 1, true, 1);
    assertThat(among(health)).containsExactly(0, 2);
    check(health, 1, true, 1);
    assertThat(among(health)).containsExactly(0, 1, 2);
  }

  @Test
  void theFirstCheckDecidesAtOnce() {
    UpstreamHealth health = health(3, "health: /h");
    assertThat(among(health)).as("before it").containsExactly(0, 1, 2);
    check(health, 2, false, 1);
    assertThat(among(health)).containsExactly(0, 1);
  }

  @Test
  void aRowOfChecksNeverOverflows() {
    UpstreamHealth health = health(3, "health: { path: /h, unhealthyAfter: 100 }");
    check(health, 1, true, 5000);
    check(health, 1, false, 99);
    assertThat(among(health)).containsExactly(0, 1, 2);
    check(health, 1, false, 5000);
    check(health, 1, true, 2);
    assertThat(among(health)).containsExactly(0, 1, 2);
  }

  @Test
  void anEndpointThatItsChecksFindUnhealthyIsTriedByNobody() {
    UpstreamHealth health = health(3, "health: /h");
    fail(health, 1, 3);
    check(health, 1, false, 1);
    assertThat(health.standing().unhealthy()).as("counted once").isZero();
    assertThat(health.standing().ejected()).isEqualTo(1);
    now += 3600 * SECOND;
    assertThat(health.trial(now)).isEqualTo(-1);
    check(health, 1, true, 2);
    assertThat(among(health)).as("still ejected").containsExactly(0, 2);
    assertThat(health.trial(now)).isEqualTo(1);
    health.answered(1, true, 200, now);
    assertThat(among(health)).containsExactly(0, 1, 2);
  }

  @Test
  void whenChecksFindNobodyWellAllAreUsed() {
    UpstreamHealth health = health(3, "health: /h\npanicThreshold: 0%");
    check(health, 0, false, 1);
    check(health, 1, false, 1);
    assertThat(among(health)).containsExactly(2);
    assertThat(fail(health, 2, 100)).as("the last one is not left out").isNull();
    check(health, 2, false, 1);
    assertThat(health.standing().panic()).isTrue();
    assertThat(among(health)).containsExactly(0, 1, 2);
  }

  @Test
  void whenTooFewAreWellAllAreUsed() {
    UpstreamHealth health =
        health(3, "outlierDetection: { maxEjected: 100% }\npanicThreshold: 50%");
    fail(health, 0, 3);
    assertThat(health.standing().panic()).isFalse();
    fail(health, 1, 3);
    assertThat(health.standing().panic()).isTrue();
    assertThat(among(health)).containsExactly(0, 1, 2);
    now += 10 * SECOND;
    assertThat(health.trial(now)).isEqualTo(0);
    health.answered(0, true, 200, now);
    assertThat(among(health)).containsExactly(0, 2);
  }

  /** Whatever happens in whatever order: the bounds hold, and there is always somebody to ask. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10})
  void neverMoreThanTheShareIsLeftOutAndNeverMoreThanOneTries(int endpoints) {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      UpstreamHealth health = health(endpoints);
      long[] triedAt = new long[endpoints];
      int most = endpoints == 1 ? 0 : Math.max(1, endpoints / 2);
      for (int step = 0; step < 1000; step++) {
        now += random.nextLong(SECOND);
        int endpoint = random.nextInt(endpoints);
        boolean trial = triedAt[endpoint] != 0;
        switch (random.nextInt(5)) {
          case 0 -> {
            int due = health.trial(now);
            if (due >= 0) {
              assertThat(now - triedAt[due])
                  .as("since the last one that nothing was heard of")
                  .isGreaterThanOrEqualTo(10 * SECOND);
              triedAt[due] = now;
            }
            continue;
          }
          case 1, 2 -> health.failed(endpoint, trial, now);
          case 3 -> health.answered(endpoint, trial, 200 + 100 * random.nextInt(4), now);
          default -> health.undecided(endpoint, trial);
        }
        triedAt[endpoint] = 0;
        assertThat(health.standing().ejected()).isLessThanOrEqualTo(most);
        assertThat(health.standing().size()).isPositive();
      }
    }
  }

  @Test
  void theBoundHoldsWhateverLoopsDoAtOnce() throws Exception {
    int threads = 4;
    try (ExecutorService loops = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < 50; round++) {
        UpstreamHealth health = health(4, RULES);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          int endpoint = thread;
          running.add(
              loops.submit(() -> {
                begin.await();
                for (int i = 0; i < 3; i++) {
                  health.failed(endpoint, false, now);
                }
                return null;
              }));
        }
        begin.countDown();
        for (Future<?> one : running) {
          one.get(10, TimeUnit.SECONDS);
        }
        assertThat(health.standing().ejected()).isLessThanOrEqualTo(2);
      }
    }
  }
}
