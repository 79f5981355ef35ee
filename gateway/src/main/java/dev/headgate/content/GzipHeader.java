package dev.headgate.content;

import dev.headgate.concurrent.LoopConfined;

/**
 * The header of a gzip member, byte by byte (RFC 1952 section 2.3). What it carries, such as a file
 * name, is skipped and never kept.
 */
@LoopConfined
final class GzipHeader {
  private static final int FIXED = 10;
  private static final int HEADER_CRC = 0x02;
  private static final int EXTRA = 0x04;
  private static final int NAME = 0x08;
  private static final int COMMENT = 0x10;
  private static final int RESERVED = 0xE0;

  /** What a byte has brought. */
  enum Step {
    MORE,
    DONE,
    MALFORMED
  }

  private enum Part {
    FIXED_PART,
    EXTRA_LENGTH,
    EXTRA_BYTES,
    NAME_BYTES,
    COMMENT_BYTES,
    CRC_BYTES
  }

  private Part part = Part.FIXED_PART;
  private int at;
  private int flags;
  private int extra;

  /** Whether nothing of a header has been seen. */
  boolean untouched() {
    return part == Part.FIXED_PART && at == 0;
  }

  /** Gets ready for the next member. */
  void reset() {
    part = Part.FIXED_PART;
    at = 0;
  }

  Step put(int value) {
    return switch (part) {
      case FIXED_PART -> fixed(value);
      case EXTRA_LENGTH -> {
        extra = at == 0 ? value : extra | (value << 8);
        yield ++at < 2 ? Step.MORE : extra == 0 ? enter(Part.NAME_BYTES) : go(Part.EXTRA_BYTES);
      }
      case EXTRA_BYTES -> --extra > 0 ? Step.MORE : enter(Part.NAME_BYTES);
      case NAME_BYTES -> value != 0 ? Step.MORE : enter(Part.COMMENT_BYTES);
      case COMMENT_BYTES -> value != 0 ? Step.MORE : enter(Part.CRC_BYTES);
      case CRC_BYTES -> ++at < 2 ? Step.MORE : Step.DONE;
    };
  }

  private Step fixed(int value) {
    boolean good =
        switch (at) {
          case 0 -> value == 0x1f;
          case 1 -> value == 0x8b;
          case 2 -> value == 8;
          case 3 -> (value & RESERVED) == 0;
          default -> true;
        };
    if (at == 3) {
      flags = value;
    }
    if (!good) {
      return Step.MALFORMED;
    }
    return ++at < FIXED ? Step.MORE : enter(Part.EXTRA_LENGTH);
  }

  /** Goes on with that part, or the first after it that the flags announce. */
  private Step enter(Part from) {
    if (from.compareTo(Part.EXTRA_LENGTH) <= 0 && (flags & EXTRA) != 0) {
      return go(Part.EXTRA_LENGTH);
    }
    if (from.compareTo(Part.NAME_BYTES) <= 0 && (flags & NAME) != 0) {
      return go(Part.NAME_BYTES);
    }
    if (from.compareTo(Part.COMMENT_BYTES) <= 0 && (flags & COMMENT) != 0) {
      return go(Part.COMMENT_BYTES);
    }
    return (flags & HEADER_CRC) != 0 ? go(Part.CRC_BYTES) : Step.DONE;
  }

  private Step go(Part to) {
    part = to;
    at = 0;
    return Step.MORE;
  }
}
