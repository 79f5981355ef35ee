package dev.headgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long SECOND = 1_000_000_000L;

  private final TimerWheel wheel = new TimerWheel(0);
  private long now;

  private final class Probe extends Deadline {
    private final List<Long> fired = new ArrayList<>();

    @Override
    protected void expired() {
      fired.add(now);
    }
  }

  private void advance(long to) {
    while (now < to) {
      now = Math.min(to, now + TimerWheel.TICK);
      wheel.advance(now);
    }
  }

  @Test
  void letsGoOnceAndNeverEarly() {
    Probe probe = new Probe();
    wheel.arm(probe, SECOND + 1);
    advance(SECOND);
    assertThat(probe.fired).isEmpty();
    advance(3 * SECOND);
    assertThat(probe.fired).hasSize(1);
    assertThat(probe.fired.getFirst()).isBetween(SECOND + 1, SECOND + 2 * TimerWheel.TICK);
  }

  @Test
  void movesLaterAndEarlier() {
    Probe probe = new Probe();
    wheel.arm(probe, SECOND);
    wheel.arm(probe, 5 * SECOND);
    advance(4 * SECOND);
    assertThat(probe.fired).isEmpty();
    wheel.arm(probe, 100 * SECOND);
    wheel.arm(probe, 6 * SECOND);
    advance(7 * SECOND);
    assertThat(probe.fired).hasSize(1);
  }

  @Test
  void waitsLongerThanOneTurnOfTheWheel() {
    Probe probe = new Probe();
    wheel.arm(probe, 3600 * SECOND);
    advance(3599 * SECOND);
    assertThat(probe.fired).isEmpty();
    advance(3601 * SECOND);
    assertThat(probe.fired).hasSize(1);
  }

  @Test
  void survivesALongPause() {
    Probe probe = new Probe();
    wheel.arm(probe, SECOND);
    now = 100_000 * SECOND;
    wheel.advance(now);
    assertThat(probe.fired).hasSize(1);
  }

  @Test
  void agreesWithASlowModel() {
    Random random = new Random(3);
    List<Probe> probes = new ArrayList<>();
    long[] due = new long[50];
    for (int i = 0; i < due.length; i++) {
      probes.add(new Probe());
      due[i] = Long.MAX_VALUE;
    }
    for (int step = 0; step < 20_000; step++) {
      int i = random.nextInt(due.length);
      switch (random.nextInt(5)) {
        case 0 -> {
          due[i] = Long.MAX_VALUE;
          wheel.cancel(probes.get(i));
        }
        case 1 -> {
          due[i] = Long.MAX_VALUE;
          probes.get(i).disarm();
        }
        default -> {
          due[i] = now + random.nextLong(200 * SECOND);
          wheel.arm(probes.get(i), due[i]);
        }
      }
      int[] before = probes.stream().mapToInt(probe -> probe.fired.size()).toArray();
      advance(now + random.nextLong(3) * TimerWheel.TICK);
      for (int j = 0; j < due.length; j++) {
        boolean fired = probes.get(j).fired.size() > before[j];
        if (fired) {
          assertThat(due[j]).isLessThanOrEqualTo(now);
          due[j] = Long.MAX_VALUE;
        } else {
          assertThat(due[j]).isGreaterThan(now - 2 * TimerWheel.TICK);
        }
      }
    }
  }
}
