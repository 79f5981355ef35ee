package dev.headgate.health;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.health.CircuitBreaker.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {
  private static final long QUICK = MILLISECONDS.toNanos(5);
  private static final String RULES =
      "circuitBreaker: { minRequests: 10, window: 10s, open: 5s, probes: 3, slowCall: 1s }";

  private long now = SECONDS.toNanos(3600);

  private static CircuitBreaker breaker(String rules) {
    return Objects.requireNonNull(new UpstreamHealth("o", Upstreams.of(2, rules)).breaker());
  }

  private void send(CircuitBreaker breaker, int times, boolean well, long nanos) {
    for (int i = 0; i < times; i++) {
      int permit = breaker.permit(now);
      if (permit != CircuitBreaker.REFUSED) {
        breaker.ended(permit, well, nanos, now);
      }
    }
  }

  private CircuitBreaker opened() {
    CircuitBreaker breaker = breaker(RULES);
    send(breaker, 10, false, QUICK);
    assertThat(breaker.phase()).isEqualTo(Phase.OPEN);
    return breaker;
  }

  @Test
  void opensWhenTooLargeAShareFails() {
    CircuitBreaker breaker = breaker(RULES);
    send(breaker, 10, true, QUICK);
    send(breaker, 9, false, QUICK);
    assertThat(breaker.phase()).isEqualTo(Phase.CLOSED);
    send(breaker, 1, false, QUICK);
    assertThat(breaker.phase()).isEqualTo(Phase.OPEN);
    assertThat(breaker.permit(now)).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.retryAfterSeconds(now)).isEqualTo(5);
    assertThat(breaker.retryAfterSeconds(now + SECONDS.toNanos(4) + 1)).isEqualTo(1);
  }

  @Test
  void staysClosedAsLongAsThereWereFewRequests() {
    CircuitBreaker breaker = breaker(RULES);
    send(breaker, 9, false, QUICK);
    assertThat(breaker.phase()).isEqualTo(Phase.CLOSED);
  }

  @Test
  void opensWhenTooLargeAShareIsSlow() {
    CircuitBreaker breaker = breaker(RULES);
    send(breaker, 2, true, SECONDS.toNanos(1) - 1);
    send(breaker, 7, true, SECONDS.toNanos(1));
    assertThat(breaker.phase()).isEqualTo(Phase.CLOSED);
    send(breaker, 1, true, SECONDS.toNanos(1));
    assertThat(breaker.phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void forgetsWhatIsOlderThanTheWindow() {
    CircuitBreaker breaker = breaker(RULES);
    send(breaker, 9, false, QUICK);
    now += SECONDS.toNanos(10);
    send(breaker, 9, false, QUICK);
    assertThat(breaker.phase()).isEqualTo(Phase.CLOSED);
    now += SECONDS.toNanos(8);
    send(breaker, 1, false, QUICK);
    assertThat(breaker.phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void letsItsProbesThroughAndClosesWhenAllAreAnsweredWell() {
    CircuitBreaker breaker = opened();
    now += SECONDS.toNanos(5) - 1;
    assertThat(breaker.permit(now)).isEqualTo(CircuitBreaker.REFUSED);
    now++;
    List<Integer> probes = List.of(breaker.permit(now), breaker.permit(now), breaker.permit(now));
    assertThat(probes).allMatch(permit -> permit > 0);
    assertThat(breaker.permit(now)).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.retryAfterSeconds(now)).isEqualTo(1);
    for (int permit : probes) {
      assertThat(breaker.phase()).isEqualTo(Phase.HALF_OPEN);
      breaker.ended(permit, true, QUICK, now);
    }
    assertThat(breaker.phase()).isEqualTo(Phase.CLOSED);
    assertThat(breaker.permit(now)).isEqualTo(CircuitBreaker.FREE);
    send(breaker, 9, false, QUICK);
    assertThat(breaker.phase()).as("what was before is forgotten").isEqualTo(Phase.CLOSED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void opensAgainAtTheFirstProbeThatFailsOrIsSlow(boolean slow) {
    CircuitBreaker breaker = opened();
    now += SECONDS.toNanos(5);
    int first = breaker.permit(now);
    int second = breaker.permit(now);
    breaker.ended(first, slow, slow ? SECONDS.toNanos(2) : QUICK, now);
    assertThat(breaker.phase()).isEqualTo(Phase.OPEN);
    breaker.ended(second, true, QUICK, now);
    assertThat(breaker.phase()).isEqualTo(Phase.OPEN);
    assertThat(breaker.retryAfterSeconds(now)).isEqualTo(5);
  }

  @Test
  void whatComesOfRequestsFromBeforeItOpenedCountsForNothing() {
    CircuitBreaker breaker = opened();
    breaker.ended(CircuitBreaker.FREE, false, QUICK, now);
    now += SECONDS.toNanos(5);
    int probe = breaker.permit(now);
    breaker.ended(CircuitBreaker.FREE, false, QUICK, now);
    breaker.ended(CircuitBreaker.FREE, true, QUICK, now);
    assertThat(breaker.phase()).isEqualTo(Phase.HALF_OPEN);
    breaker.undecided(probe);
    assertThat(List.of(breaker.permit(now), breaker.permit(now), breaker.permit(now)))
        .allMatch(permit -> permit > 0);
    assertThat(breaker.permit(now)).isEqualTo(CircuitBreaker.REFUSED);
  }

  /** Whatever happens in whatever order, a half-open breaker has no more than its probes out. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void neverLetsMoreThanItsProbesThrough(int most) {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      CircuitBreaker breaker =
          breaker("circuitBreaker: { minRequests: 3, open: 1s, probes: " + most + " }");
      List<Integer> out = new ArrayList<>();
      for (int step = 0; step < 3000; step++) {
        now += random.nextLong(MILLISECONDS.toNanos(300));
        if (random.nextInt(3) > 0) {
          int permit = breaker.permit(now);
          if (permit != CircuitBreaker.REFUSED) {
            out.add(permit);
          }
          long same = out.stream().filter(one -> permit > 0 && one == permit).count();
          assertThat(same).isLessThanOrEqualTo(most);
        } else if (!out.isEmpty()) {
          int permit = out.remove(random.nextInt(out.size()));
          switch (random.nextInt(3)) {
            case 0 -> breaker.ended(permit, true, QUICK, now);
            case 1 -> breaker.ended(permit, false, QUICK, now);
            default -> breaker.undecided(permit);
          }
        }
      }
    }
  }

  @Test
  void letsNoMoreThanItsProbesThroughWhateverLoopsDoAtOnce() throws Exception {
    int threads = 4;
    try (ExecutorService loops = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < 50; round++) {
        CircuitBreaker breaker = opened();
        long later = now + SECONDS.toNanos(5);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<Integer>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          running.add(
              loops.submit(() -> {
                begin.await();
                int through = 0;
                for (int i = 0; i < 100; i++) {
                  through += breaker.permit(later) == CircuitBreaker.REFUSED ? 0 : 1;
                }
                return through;
              }));
        }
        begin.countDown();
        int through = 0;
        for (Future<Integer> one : running) {
          through += one.get(10, TimeUnit.SECONDS);
        }
        assertThat(through).isEqualTo(3);
      }
    }
  }
}
