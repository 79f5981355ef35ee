package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimestampTest {
  private static final DateTimeFormatter EXPECTED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Test
  void writesTheSameAsTheJdkInAnyOrder() {
    Timestamp timestamp = new Timestamp();
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      requireRight(timestamp, random.nextLong(0, 253_402_300_800_000L));
    }
  }

  @Test
  void followsTheClockOverSecondsAndDaysAndBack() {
    Timestamp timestamp = new Timestamp();
    long midnight = Instant.parse("2028-03-01T00:00:00Z").toEpochMilli();
    for (long millis = midnight - 2500; millis < midnight + 2500; millis += 7) {
      requireRight(timestamp, millis);
    }
    requireRight(timestamp, midnight - 1);
  }

  private static void requireRight(Timestamp timestamp, long millis) {
    byte[] bytes = new byte[24];
    timestamp.write(millis, new JsonBytes(bytes));
    assertThat(new String(bytes, StandardCharsets.US_ASCII))
        .isEqualTo(EXPECTED.format(Instant.ofEpochMilli(millis)));
  }
}
