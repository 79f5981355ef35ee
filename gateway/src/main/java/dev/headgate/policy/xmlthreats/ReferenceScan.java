package dev.headgate.policy.xmlthreats;

import dev.headgate.concurrent.LoopConfined;
import java.nio.charset.StandardCharsets;

/**
 * A reference in text or in a value, byte by byte, from behind its ampersand: to one of the five
 * entities that need no declaration, or to a character (XML 1.0 section 4.1). The parser does not
 * look at those in text that nobody asks for.
 */
@LoopConfined
final class ReferenceScan {
  private static final int LONGEST = 12;

  /** What a byte has brought. */
  enum Step {
    MORE,
    DONE,
    MALFORMED,
    /** An entity that would need a declaration. */
    UNKNOWN
  }

  private final byte[] name = new byte[LONGEST];
  private int length;

  void begin() {
    length = 0;
  }

  Step put(byte one) {
    if (one == ';') {
      return verdict();
    }
    boolean possible =
        one < 0
            || (one >= 'a' && one <= 'z')
            || (one >= 'A' && one <= 'Z')
            || (one >= '0' && one <= '9')
            || one == '#'
            || one == '_'
            || one == ':'
            || one == '-'
            || one == '.';
    if (!possible) {
      return Step.MALFORMED;
    }
    if (length == LONGEST) {
      return name[0] == '#' ? Step.MALFORMED : Step.UNKNOWN;
    }
    name[length++] = one;
    return Step.MORE;
  }

  private Step verdict() {
    if (length > 0 && name[0] == '#') {
      return isCharacter() ? Step.DONE : Step.MALFORMED;
    }
    String text = new String(name, 0, length, StandardCharsets.ISO_8859_1);
    return switch (text) {
      case "lt", "gt", "amp", "quot", "apos" -> Step.DONE;
      case "" -> Step.MALFORMED;
      default -> Step.UNKNOWN;
    };
  }

  private boolean isCharacter() {
    boolean hex = length > 1 && name[1] == 'x';
    int from = hex ? 2 : 1;
    long point = 0;
    for (int at = from; at < length; at++) {
      int digit = Character.digit(name[at], hex ? 16 : 10);
      if (digit < 0) {
        return false;
      }
      point = point * (hex ? 16 : 10) + digit;
    }
    return length > from
        && (point == '\t'
            || point == '\n'
            || point == '\r'
            || (point >= ' ' && point < 0xD800)
            || (point >= 0xE000 && point < 0xFFFE)
            || (point >= 0x10000 && point <= 0x10FFFF));
  }
}
