package dev.headgate.policy.jsonthreats;

import dev.headgate.concurrent.LoopConfined;
import org.jspecify.annotations.Nullable;

/** The grammar of numbers (RFC 8259 section 6), their length and their exponent. */
@LoopConfined
final class NumberScan {
  /** What has been read last. */
  private enum Part {
    MINUS,
    ZERO,
    DIGITS,
    POINT,
    FRACTION,
    E,
    SIGN,
    EXPONENT
  }

  private final int longest;
  private final int largest;
  private Part part = Part.MINUS;
  private long length;
  private long exponent;

  /**
   * @param longest in characters
   * @param largest exponent, without its sign
   */
  NumberScan(int longest, int largest) {
    this.longest = longest;
    this.largest = largest;
  }

  /** Takes the first byte; false if no number begins with it. */
  boolean begin(byte one) {
    length = 1;
    exponent = 0;
    part = one == '-' ? Part.MINUS : one == '0' ? Part.ZERO : Part.DIGITS;
    return one == '-' || isDigit(one);
  }

  /** Takes what belongs to the number and says where it ends; {@code to} if it may go on. */
  int scan(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (part == Part.DIGITS || part == Part.FRACTION) {
        at = digits(bytes, at, to);
      }
      if (at == to || !step(bytes[at])) {
        break;
      }
      at++;
    }
    length += at - from;
    return at;
  }

  private static int digits(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && isDigit(bytes[at])) {
      at++;
    }
    return at;
  }

  private boolean step(byte one) {
    boolean digit = isDigit(one);
    Part next =
        switch (part) {
          case MINUS -> digit ? one == '0' ? Part.ZERO : Part.DIGITS : null;
          case ZERO -> afterInteger(one);
          case DIGITS -> digit ? Part.DIGITS : afterInteger(one);
          case POINT -> digit ? Part.FRACTION : null;
          case FRACTION -> digit ? Part.FRACTION : one == 'e' || one == 'E' ? Part.E : null;
          case E -> digit ? Part.EXPONENT : one == '+' || one == '-' ? Part.SIGN : null;
          case SIGN, EXPONENT -> digit ? Part.EXPONENT : null;
        };
    if (next == null) {
      return false;
    }
    part = next;
    if (next == Part.EXPONENT) {
      exponent = Math.min(exponent * 10 + (one - '0'), Integer.MAX_VALUE);
    }
    return true;
  }

  private static @Nullable Part afterInteger(byte one) {
    return one == '.' ? Part.POINT : one == 'e' || one == 'E' ? Part.E : null;
  }

  /** Whether what has been read is a number. */
  boolean whole() {
    return switch (part) {
      case ZERO, DIGITS, FRACTION, EXPONENT -> true;
      case MINUS, POINT, E, SIGN -> false;
    };
  }

  boolean tooLong() {
    return length > longest;
  }

  boolean exponentTooLarge() {
    return exponent > largest;
  }

  private static boolean isDigit(byte one) {
    return one >= '0' && one <= '9';
  }
}
