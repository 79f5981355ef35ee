package dev.headgate.structured;

/** A value without parameters (RFC 9651 section 3.3). Immutable. */
public sealed interface Bare {
  /** An integer of at most 15 digits. */
  record Whole(long value) implements Bare {}

  /** A decimal with at most three digits after the point. */
  record Decimal(long thousandths) implements Bare {}

  /** A string: printable ASCII. */
  record Text(String value) implements Bare {}

  record Token(String value) implements Bare {}

  /** A byte sequence. */
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] value) implements Bare {}

  /** A boolean. */
  record Flag(boolean value) implements Bare {}

  /**
   * A date.
   *
   * @param seconds since 1970
   */
  record Date(long seconds) implements Bare {}

  /** A display string: any text. */
  record Display(String value) implements Bare {}
}
