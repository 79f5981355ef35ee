package dev.headgate.policy.jsonthreats;

import dev.headgate.config.Size;
import java.util.List;
import java.util.Random;

/** Limits and texts for tests. */
final class JsonTexts {
  private static final String[] KEYS = {
    "a",
    "b",
    "\\u0061",
    "",
    "long key of some length",
    "\u00e4",
    "\\u00e4",
    "\ud83d\ude00",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00x",
    "\\/",
    "/",
    "\\\"",
    "a\\n"
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1.5",
    "12e3",
    "-1.25E+10",
    "1e-400",
    "1e401",
    "01",
    "1.",
    "-",
    ".5",
    "1e",
    "+1",
    "123456789012345678901234567890"
  };

  private JsonTexts() {}

  static JsonThreats limits(int depth, int keys, int items, int values) {
    return limits(depth, keys, items, values, 1 << 16, 1 << 16, 1 << 16);
  }

  static JsonThreats limits(
      int depth, int keys, int items, int values, int keyLength, int stringLength, int number) {
    return new JsonThreats(
        depth,
        keys,
        new Size(keyLength),
        items,
        new Size(stringLength),
        number,
        400,
        values,
        JsonThreats.Duplicates.REJECT,
        List.of("application/json"),
        List.of(),
        Size.mebibytes(1),
        100);
  }

  /** What is JSON, or nearly. */
  static String text(Random random) {
    StringBuilder text = new StringBuilder();
    value(random, text, 0);
    if (random.nextInt(3) == 0 && !text.isEmpty()) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, "{}[]\",:\\ 0eE.-tfnu\u0001\u00ff".charAt(random.nextInt(20)));
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }

  private static void value(Random random, StringBuilder text, int depth) {
    space(random, text);
    switch (random.nextInt(depth > 5 ? 4 : 8)) {
      case 0 -> text.append(random.nextBoolean() ? "true" : "false");
      case 1 -> text.append(NUMBERS[random.nextInt(random.nextInt(8) == 0 ? NUMBERS.length : 6)]);
      case 2 -> text.append('"').append(string(random)).append('"');
      case 3 -> text.append("null");
      case 4, 5 -> {
        text.append('[');
        int items = random.nextInt(5);
        for (int i = 0; i < items; i++) {
          text.append(i == 0 ? "" : ",");
          value(random, text, depth + 1);
        }
        text.append(']');
      }
      default -> {
        text.append('{');
        int keys = random.nextInt(6) == 0 ? random.nextInt(40) : random.nextInt(4);
        for (int i = 0; i < keys; i++) {
          text.append(i == 0 ? "\"" : ",\"");
          text.append(
              random.nextInt(3) == 0
                  ? KEYS[random.nextInt(KEYS.length)]
                  : "k" + random.nextInt(500));
          text.append("\":");
          value(random, text, depth + (keys > 4 ? 5 : 1));
        }
        text.append('}');
      }
    }
    space(random, text);
  }

  private static String string(Random random) {
    StringBuilder string = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      string.append(KEYS[random.nextInt(KEYS.length)]);
    }
    return string.toString();
  }

  private static void space(Random random, StringBuilder text) {
    if (random.nextInt(4) == 0) {
      text.append(" \n\r\t".charAt(random.nextInt(4)));
    }
  }
}
