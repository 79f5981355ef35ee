package dev.headgate.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Overload;
import dev.headgate.config.Percent;
import dev.headgate.config.Priority;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shedder, against a model of a loop that can do so much and not more. */
class ShedderTest {
  private static final long SECOND = 1_000_000_000;
  private static final long TICK = SECOND / 10;
  private static final Overload RULES = new Overload(Duration.ofMillis(200), new Percent(0.9));

  /**
   * A loop in simulated time. In each round it does what came while it was busy with the round
   * before; to turn a request away costs a tenth of doing it.
   */
  private static final class ModelLoop {
    static final double PER_SECOND = 10_000;
    private static final long COST = (long) (SECOND / PER_SECOND);

    private final Random random = new Random(1);
    private final int[] arrived = new int[3];
    private final int[] shed = new int[3];
    private final int[] shares;
    private final Overload rules;
    private final Shedder shedder;
    private long now = 3600 * SECOND;
    private long round = TICK;
    private double share;
    private double largestLag;
    private double busy;
    private int turns;
    private boolean rising;
    private double extreme;
    private Shedder.Reason reason = Shedder.Reason.LOOP_LAG;

    /**
     * @param shares how many of a hundred requests have which priority
     */
    ModelLoop(Overload rules, int... shares) {
      this.rules = rules;
      this.shares = shares;
      this.shedder =
          new Shedder(
              new Shedder.Observer() {
                @Override
                public void shed(Priority priority, Shedder.Reason why) {
                  shed[priority.ordinal()]++;
                  reason = why;
                }

                @Override
                public void stands(double now, Shedder.Reason why, long at) {
                  share = now;
                }
              },
              TICK,
              now);
    }

    void run(double load, double seconds, double memory) {
      long begun = now;
      long until = now + (long) (seconds * SECOND);
      largestLag = 0;
      busy = 0;
      turns = 0;
      extreme = share;
      Arrays.fill(arrived, 0);
      Arrays.fill(shed, 0);
      while (now < until) {
        long spent = work((int) (load * PER_SECOND * round / SECOND));
        busy += spent;
        round = Math.max(TICK, spent);
        now += round;
        shedder.tick(rules, memory, now);
        largestLag = Math.max(largestLag, (double) (round - TICK) / SECOND);
        countTurn();
      }
      busy /= now - begun;
    }

    /** Changes of the share's direction by more than a tenth. */
    private void countTurn() {
      if (rising ? share > extreme : share < extreme) {
        extreme = share;
      } else if (Math.abs(share - extreme) > 0.1) {
        rising = !rising;
        extreme = share;
        turns++;
      }
    }

    private long work(int count) {
      long spent = 0;
      for (int i = 0; i < count; i++) {
        int lot = random.nextInt(100);
        Priority priority =
            lot < shares[0]
                ? Priority.SHEDDABLE
                : lot < shares[0] + shares[1] ? Priority.DEFAULT : Priority.CRITICAL;
        arrived[priority.ordinal()]++;
        long start = now + spent;
        boolean sheds = shedder.active(start) && shedder.sheds(priority, start);
        spent += sheds ? COST / 10 : COST;
      }
      return spent;
    }

    double shedShare(Priority priority) {
      return (double) shed[priority.ordinal()] / arrived[priority.ordinal()];
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.2, 1.5, 2, 3, 5})
  void shedsWhatIsTooMuchAndNoMore(double load) {
    ModelLoop loop = new ModelLoop(RULES, 0, 100, 0);
    loop.run(0.8, 10, 0.5);
    assertThat(loop.shed).containsOnly(0);
    loop.run(load, 30, 0.5);
    assertThat(loop.largestLag).as("while it finds out").isLessThan(2);
    loop.run(load, 60, 0.5);
    assertThat(loop.busy).as("no time is left over").isGreaterThan(0.95);
    assertThat(loop.largestLag).isLessThan(0.6);
    assertThat(loop.turns).as("turns of the share").isLessThan(4);
    loop.run(0.8, 5, 0.5);
    loop.run(0.8, 10, 0.5);
    assertThat(loop.shed).as("when it is over").containsOnly(0);
  }

  @Test
  void takesTheSheddableFirstThenTheOthersAndSparesTheCritical() {
    ModelLoop loop = new ModelLoop(RULES, 30, 50, 20);
    loop.run(1.2, 30, 0.5);
    loop.run(1.2, 30, 0.5);
    assertThat(loop.shedShare(Priority.SHEDDABLE)).isBetween(0.4, 0.8);
    assertThat(loop.shedShare(Priority.DEFAULT)).isLessThan(0.02);
    assertThat(loop.shedShare(Priority.CRITICAL)).isZero();
    loop.run(2, 30, 0.5);
    loop.run(2, 30, 0.5);
    assertThat(loop.shedShare(Priority.SHEDDABLE)).isGreaterThan(0.98);
    assertThat(loop.shedShare(Priority.DEFAULT)).isBetween(0.3, 0.7);
    assertThat(loop.shedShare(Priority.CRITICAL)).isZero();
    assertThat(loop.busy).isGreaterThan(0.95);
  }

  @Test
  void takesCriticalOnesOnlyBeforeTheNodeFails() {
    ModelLoop loop = new ModelLoop(RULES, 0, 20, 80);
    loop.run(3, 60, 0.5);
    loop.run(3, 60, 0.5);
    assertThat(loop.shedShare(Priority.DEFAULT)).isGreaterThan(0.98);
    assertThat(loop.shedShare(Priority.CRITICAL)).isBetween(0.5, 0.8);
    assertThat(loop.largestLag).isLessThan(4);
  }

  @Test
  void aPauseIsNoOverload() {
    ModelLoop loop = new ModelLoop(RULES, 50, 50, 0);
    for (int i = 0; i < 50; i++) {
      loop.run(0.3, 2, 0.5);
      loop.now += SECOND / 2; // and what is late because of it comes in one go
      loop.shedder.tick(RULES, 0.5, loop.now);
      loop.shedder.tick(RULES, 0.5, loop.now);
    }
    assertThat(loop.shed).containsOnly(0);
  }

  @Test
  void memoryTurnsAwayAsWell() {
    ModelLoop loop = new ModelLoop(RULES, 20, 60, 20);
    loop.run(0.5, 10, 0.89);
    assertThat(loop.shed).containsOnly(0);
    loop.run(0.5, 30, 0.93);
    assertThat(loop.reason).isEqualTo(Shedder.Reason.MEMORY);
    assertThat(loop.shedShare(Priority.SHEDDABLE)).isGreaterThan(0.9);
    assertThat(loop.shedShare(Priority.CRITICAL)).isZero();
    loop.run(0.5, 30, 0.99);
    loop.run(0.5, 30, 0.99);
    assertThat(loop.shedShare(Priority.CRITICAL)).isGreaterThan(0.9);
    loop.run(0.5, 10, 0.5);
    loop.run(0.5, 10, 0.5);
    assertThat(loop.shed).containsOnly(0);
  }

  @Test
  void boundsOfNothingTurnNobodyAway() {
    ModelLoop loop = new ModelLoop(new Overload(Duration.ZERO, new Percent(0)), 100, 0, 0);
    loop.run(3, 2, 1);
    assertThat(loop.shed).containsOnly(0);
  }

  /** Whoever is let in is let in with a higher priority too, whatever happens. */
  @Test
  void aHigherPriorityIsNeverWorse() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      ModelLoop loop = new ModelLoop(RULES, 30, 40, 30);
      for (int i = 0; i < 30; i++) {
        loop.run(random.nextDouble() * 5, 0.5, random.nextDouble());
        assertThat(loop.share).isBetween(0.0, 1.0);
        for (int request = 0; request < 100; request++) {
          long lot = loop.now + random.nextLong(3 * SECOND);
          boolean sheddable = loop.shedder.wouldShed(Priority.SHEDDABLE, lot);
          boolean other = loop.shedder.wouldShed(Priority.DEFAULT, lot);
          boolean critical = loop.shedder.wouldShed(Priority.CRITICAL, lot);
          assertThat(other && !sheddable).isFalse();
          assertThat(critical && !other).isFalse();
        }
      }
    }
  }

  /** As a loop does: the ticks that it has missed come one right after the other. */
  private static void afterPause(Shedder shedder, long now, int missed) {
    for (int i = 0; i <= missed; i++) {
      shedder.tick(RULES, 0, now + i);
    }
  }

  private static Shedder calm(long from) {
    Shedder shedder =
        new Shedder(
            new Shedder.Observer() {
              @Override
              public void shed(Priority priority, Shedder.Reason why) {}

              @Override
              public void stands(double share, Shedder.Reason why, long at) {}
            },
            TICK,
            from);
    for (int i = 1; i <= 10; i++) {
      shedder.tick(RULES, 0, from + i * TICK);
    }
    return shedder;
  }

  @Test
  void onePauseTurnsNobodyAwayHoweverLong() {
    Shedder shedder = calm(SECOND);
    long after = 10 * SECOND;
    assertThat(shedder.active(after)).isFalse();
    afterPause(shedder, after, 80);
    assertThat(shedder.active(after + TICK / 2)).isFalse();
    afterPause(shedder, after + TICK, 0);
    assertThat(shedder.active(after + TICK)).isFalse();
  }

  @Test
  void missedTicksThatComeAllAtOnceDoNotHideThatTheLoopIsLate() {
    Shedder shedder = calm(SECOND);
    long now = 2 * SECOND;
    for (int i = 0; i < 10; i++) {
      now += 4 * TICK;
      afterPause(shedder, now, 3);
    }
    assertThat(shedder.active(now)).isTrue();
  }
}
