package dev.headgate.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.HedgeAfter;
import dev.headgate.exchange.ManualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HedgeTimersTest {
  private final ManualLoop loop = new ManualLoop();
  private final HedgeTimers timers =
      new HedgeTimers(loop, new HedgeDelay(HedgeAfter.parse("300ms")));
  private final List<String> late = new ArrayList<>();

  private HedgeTimers.Waiting later(String name) {
    return Objects.requireNonNull(timers.later(() -> late.add(name)));
  }

  @Test
  void eachComesRoundInItsTurn() {
    later("a");
    loop.advance(Duration.ofMillis(200));
    later("b");
    assertThat(late).isEmpty();
    loop.advance(Duration.ofMillis(200));
    assertThat(late).containsExactly("a");
    loop.advance(Duration.ofMillis(300));
    assertThat(late).containsExactly("a", "b");
    assertThat(timers.size()).isZero();
  }

  @Test
  void whatIsCalledOffIsForgotten() {
    for (int i = 0; i < 1000; i++) {
      later("never").cancel();
    }
    assertThat(timers.size()).as("answered requests take no room").isEqualTo(1);
    later("a");
    loop.advance(Duration.ofMillis(500));
    assertThat(late).containsExactly("a");
  }

  @Test
  void nobodyIsLateWhileNothingIsKnown() {
    HedgeTimers unknowing = new HedgeTimers(loop, new HedgeDelay(HedgeAfter.parse("p95")));
    assertThat(unknowing.later(() -> late.add("a"))).isNull();
  }
}
