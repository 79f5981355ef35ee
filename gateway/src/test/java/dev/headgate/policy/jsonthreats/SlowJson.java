package dev.headgate.policy.jsonthreats;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** The same judgement with Java's decoder and Jackson's parser, of all but the lengths. */
final class SlowJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1 << 20)
                  .maxNameLength(1 << 20)
                  .maxNumberLength(1 << 20)
                  .build())
          .build();

  private SlowJson() {}

  /** Whether a text may pass. */
  static boolean passes(byte[] bytes, JsonThreats limits) {
    if (bytes.length == 0) {
      return true;
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return false;
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return !text.startsWith("\uFEFF") && withinLimits(parser, limits);
    } catch (JacksonException e) {
      return false;
    }
  }

  private static final class Open {
    final boolean object;
    final Set<String> keys = new HashSet<>();
    int count;

    Open(boolean object) {
      this.object = object;
    }
  }

  private static boolean withinLimits(JsonParser parser, JsonThreats limits) {
    Deque<Open> open = new ArrayDeque<>();
    int values = 0;
    int roots = 0;
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      Open in = open.peek();
      if (token.isStructEnd()) {
        open.pop();
        continue;
      }
      if (token == JsonToken.PROPERTY_NAME) {
        Open object = Objects.requireNonNull(in);
        boolean again = !object.keys.add(replaced(parser.currentName()));
        if (++object.count > limits.keys()
            || (again && limits.duplicateKeys() == JsonThreats.Duplicates.REJECT)) {
          return false;
        }
        continue;
      }
      if (++values > limits.values()
          || (in == null && ++roots > 1)
          || (in != null && !in.object && ++in.count > limits.items())) {
        return false;
      }
      if (token.isNumeric() && exponent(parser.getString()) > limits.exponent()) {
        return false;
      }
      if (token.isStructStart()) {
        open.push(new Open(token == JsonToken.START_OBJECT));
        if (open.size() > limits.depth()) {
          return false;
        }
      }
    }
    return roots == 1;
  }

  private static long exponent(String number) {
    int e = number.toLowerCase(Locale.ROOT).indexOf('e');
    String digits = e < 0 ? "0" : number.substring(e + 1).replaceFirst("^[+-]?0*(?=\\d)", "");
    return digits.length() > 15 ? Long.MAX_VALUE : Long.parseLong(digits);
  }

  /** With replacement characters instead of halves of pairs. */
  private static String replaced(String key) {
    return new String(
        key.codePoints()
            .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
            .toArray(),
        0,
        (int) key.codePoints().count());
  }
}
