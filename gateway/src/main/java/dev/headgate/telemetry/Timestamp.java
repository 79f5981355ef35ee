package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * Writes times as RFC 3339 has them, in UTC with milliseconds. Keeps the text of the last second,
 * and of the last day for when requests of several seconds alternate.
 */
@LoopConfined
final class Timestamp {
  private static final int DATE = "2000-01-01".length();
  private static final int SECONDS_OF_DAY = 86_400;

  private final byte[] text = "2000-01-01T00:00:00.".getBytes(StandardCharsets.US_ASCII);
  private final JsonBytes writer = new JsonBytes(text);
  private long day = Long.MIN_VALUE;
  private long second = Long.MIN_VALUE;

  /**
   * @param wallMillis milliseconds since 1970, before the year 10000
   */
  void write(long wallMillis, JsonBytes out) {
    long wanted = Math.floorDiv(wallMillis, 1000L);
    if (wanted != second) {
      format(wanted);
      second = wanted;
    }
    out.raw(text);
    out.digits(Math.floorMod(wallMillis, 1000), 3);
    out.raw('Z');
  }

  private void format(long seconds) {
    long wantedDay = Math.floorDiv(seconds, (long) SECONDS_OF_DAY);
    if (wantedDay != day) {
      byte[] date = LocalDate.ofEpochDay(wantedDay).toString().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(date, 0, text, 0, DATE);
      day = wantedDay;
    }
    int ofDay = Math.floorMod(seconds, SECONDS_OF_DAY);
    two(ofDay / 3600, DATE + 1);
    two(ofDay / 60 % 60, DATE + 4);
    two(ofDay % 60, DATE + 7);
  }

  private void two(int value, int at) {
    writer.into(text, at);
    writer.digits(value, 2);
  }
}
