package dev.headgate.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that only a test moves: the wall time and, beside it, a monotonic reading. Safe for
 * several threads.
 *
 * <pre>{@code
 * var clock = new ManualClock();
 * clock.advance(Duration.ofMinutes(5));   // both readings
 * clock.jump(Duration.ofHours(-1));       // the wall clock alone, as NTP would
 * }</pre>
 */
public final class ManualClock extends Clock {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now;
  private final AtomicLong nanos;
  private final ZoneId zone;

  /** Starts at 2026-01-01T00:00:00Z. */
  public ManualClock() {
    this(START);
  }

  public ManualClock(Instant start) {
    this(new AtomicReference<>(start), new AtomicLong(), ZoneOffset.UTC);
  }

  private ManualClock(AtomicReference<Instant> now, AtomicLong nanos, ZoneId zone) {
    this.now = now;
    this.nanos = nanos;
    this.zone = zone;
  }

  /** Time passes: both readings move on. */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("Time does not pass backwards; see jump()");
    }
    now.updateAndGet(instant -> instant.plus(time));
    nanos.addAndGet(time.toNanos());
  }

  /** Sets the wall clock off by {@code time}, either way; the monotonic reading stays. */
  public void jump(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  /** The monotonic reading in nanoseconds, from zero. */
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return java.util.Objects.requireNonNull(now.get());
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  /** The same time in another zone: the two move together. */
  @Override
  public Clock withZone(ZoneId other) {
    return new ManualClock(now, nanos, other);
  }
}
