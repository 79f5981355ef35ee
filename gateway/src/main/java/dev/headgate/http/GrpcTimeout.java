package dev.headgate.http;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadline of a gRPC call as its {@code grpc-timeout} field gives it: up to eight digits and a
 * unit.
 */
public final class GrpcTimeout {
  /** What {@link #nanos} says where there is no deadline, or none that can be read. */
  public static final long NONE = -1;

  private static final int DIGITS = 8;
  private static final long MOST = 99_999_999;

  private GrpcTimeout() {}

  /**
   * @param value such as {@code 100m} or {@code 5S}
   * @return nanoseconds from the arrival of the call, 0 or more; {@link #NONE} for what is not a
   *     timeout
   */
  public static long nanos(@Nullable String value) {
    if (value == null || value.length() < 2 || value.length() > DIGITS + 1) {
      return NONE;
    }
    int last = value.length() - 1;
    long amount = 0;
    for (int i = 0; i < last; i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      amount = amount * 10 + digit;
    }
    return switch (value.charAt(last)) {
      case 'H' -> TimeUnit.HOURS.toNanos(amount);
      case 'M' -> TimeUnit.MINUTES.toNanos(amount);
      case 'S' -> TimeUnit.SECONDS.toNanos(amount);
      case 'm' -> TimeUnit.MILLISECONDS.toNanos(amount);
      case 'u' -> TimeUnit.MICROSECONDS.toNanos(amount);
      case 'n' -> amount;
      default -> NONE;
    };
  }

  /**
   * How the field gives a time: in the finest unit in which it fits, rounded down, but never as
   * nothing.
   */
  public static String text(long nanos) {
    long left = Math.max(1, nanos);
    if (left <= MOST) {
      return left + "n";
    }
    long micros = TimeUnit.NANOSECONDS.toMicros(left);
    if (micros <= MOST) {
      return micros + "u";
    }
    long millis = TimeUnit.MICROSECONDS.toMillis(micros);
    return millis <= MOST
        ? millis + "m"
        : Math.min(MOST, TimeUnit.MILLISECONDS.toSeconds(millis)) + "S";
  }
}
