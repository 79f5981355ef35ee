package dev.headgate.jose;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON of strangers, strictly (RFC 8259): UTF-8 without errors, one object and nothing after
 * it, no name twice, bounded in nesting, numbers and count of values. Immutable.
 */
public final class StrictJson {
  private static final int DEEPEST = 16;
  private static final int MOST_VALUES = 4096;
  private static final int LONGEST_NUMBER = 40;
  private static final int LONGEST_TEXT = 64 * 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(LONGEST_NUMBER)
                  .maxStringLength(LONGEST_TEXT)
                  .maxNameLength(1024)
                  .build())
          .build();

  private final JsonParser parser;
  private int values;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * The object as String, Boolean, Long, Double, List and Map; whole numbers beyond a Long are
   * Double. Members and items that are null are left out. May be changed by who asked for it.
   */
  public static Map<String, Object> object(byte[] json) throws Malformed {
    // As characters: from bytes the parser would guess the encoding.
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8(json))) {
      StrictJson reader = new StrictJson(parser);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Malformed("not a JSON object");
      }
      Map<String, Object> object = reader.members();
      if (parser.nextToken() != null) {
        throw new Malformed("something after the JSON object");
      }
      return object;
    } catch (JacksonException e) {
      throw new Malformed("not JSON, or beyond its bounds");
    }
  }

  private static char[] utf8(byte[] json) throws Malformed {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      return text.toCharArray();
    } catch (CharacterCodingException e) {
      throw new Malformed("not UTF-8");
    }
  }

  private Map<String, Object> members() throws Malformed {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      Object value = value();
      if (value != null) {
        members.put(name, value);
      }
    }
    return members;
  }

  private List<Object> items() throws Malformed {
    List<Object> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Object value = value();
      if (value != null) {
        items.add(value);
      }
    }
    return items;
  }

  private @Nullable Object value() throws Malformed {
    if (++values > MOST_VALUES) {
      throw new Malformed("more than " + MOST_VALUES + " values");
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return members();
    }
    if (token == JsonToken.START_ARRAY) {
      return items();
    }
    if (token == JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return parser.getLongValue();
    }
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      double number = parser.getDoubleValue();
      if (!Double.isFinite(number)) {
        throw new Malformed("a number that is too large");
      }
      return number;
    }
    throw new Malformed("not JSON");
  }
}
