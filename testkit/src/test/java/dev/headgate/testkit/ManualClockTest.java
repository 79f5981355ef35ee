package dev.headgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class ManualClockTest {
  private final ManualClock clock = new ManualClock(Instant.EPOCH);

  @Test
  void movesBothReadingsWhenTimePasses() {
    clock.advance(Duration.ofSeconds(5));
    assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(5));
    assertThat(clock.millis()).isEqualTo(5000);
    assertThat(clock.nanoTime()).isEqualTo(5_000_000_000L);
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void jumpsTheWallClockAlone() {
    clock.jump(Duration.ofHours(-1));
    assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(-3600));
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void moveWithItsCopiesInOtherZones() {
    Clock other = clock.withZone(ZoneId.of("Europe/Paris"));
    clock.advance(Duration.ofSeconds(1));
    assertThat(other.instant()).isEqualTo(clock.instant());
    assertThat(other.getZone()).isEqualTo(ZoneId.of("Europe/Paris"));
  }
}
