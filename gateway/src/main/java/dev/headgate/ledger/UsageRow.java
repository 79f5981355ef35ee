package dev.headgate.ledger;

import dev.headgate.config.Money;
import dev.headgate.plan.UsageLine;
import dev.headgate.plan.UsageLine.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One record of the ledger: the requests of one hour that were booked on one line.
 *
 * @param id the same wherever and whenever the record is read; no other has it
 * @param hour counted from 1970 on, in UTC
 * @param booked in which hour it was written; a later one than {@code hour} only after the store
 *     was away
 */
public record UsageRow(String id, long hour, long booked, UsageLine line, long requests) {
  private static final int ID_BYTES = 16;
  private static final long HOUR_SECONDS = Duration.ofHours(1).toSeconds();

  /** How long after its last hour a record may still grow, for clocks that do not agree. */
  static final Duration SETTLED = Duration.ofMinutes(5);

  /** The first moment of the hour. */
  public Instant begins() {
    return Instant.ofEpochSecond(hour * HOUR_SECONDS);
  }

  /** Whether the record will never grow again: what comes later gets a record of its own. */
  public boolean isFinal(Instant now) {
    Instant over = Instant.ofEpochSecond((booked + 1) * HOUR_SECONDS).plus(SETTLED);
    return !now.isBefore(over);
  }

  /**
   * The id of a record.
   *
   * @param series tells records apart that would be the same; usually empty
   */
  static String id(long hour, long booked, UsageLine line, String series) {
    return id(
        Long.toString(hour),
        Long.toString(booked),
        line.consumer(),
        line.product(),
        line.plan(),
        line.kind().word(),
        price(line),
        series);
  }

  /** As it is stored; empty for what costs nothing. */
  static String price(UsageLine line) {
    return line.price() == null ? "" : line.price().toString();
  }

  /** The line that a stored record is on. */
  static UsageLine line(String consumer, String product, String plan, String kind, String price) {
    return new UsageLine(
        consumer,
        product,
        plan,
        kind.equals(Kind.OVERAGE.word()) ? Kind.OVERAGE : Kind.REQUESTS,
        price.isEmpty() ? null : Money.parse(price));
  }

  /** Of parts that cannot run into one another: names have no control characters. */
  static String id(String... parts) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
