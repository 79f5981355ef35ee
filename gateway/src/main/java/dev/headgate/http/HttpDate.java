package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The current time as a Date field has it (RFC 9110 section 5.6.7), made once a second. */
@LoopConfined
public final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private long second = Long.MIN_VALUE;
  private String text = "";

  public String at(long wallMillis) {
    long now = Math.floorDiv(wallMillis, 1000L);
    if (now != second) {
      second = now;
      text = FORMAT.format(Instant.ofEpochSecond(now));
    }
    return text;
  }
}
