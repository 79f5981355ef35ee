package dev.headgate.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {
  @Test
  void tellsOfSoManyChangesAndThenOfNoneUntilTheStretchIsOver() {
    EventLog log = new EventLog("o");
    long now = TimeUnit.HOURS.toNanos(1);
    for (int stretch = 0; stretch < 3; stretch++) {
      int told = 0;
      for (int i = 0; i < 1000; i++) {
        told += log.mayTell(now + i) ? 1 : 0;
      }
      assertThat(told).isEqualTo(20);
      now += TimeUnit.SECONDS.toNanos(10);
    }
  }
}
