package dev.headgate.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads a flat JSON object with a parser that is not ours. */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  public static Map<String, String> object(String text) {
    return object(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The fields in order, with numbers as they are written. */
  public static Map<String, String> object(byte[] utf8) {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        require(parser.nextToken().isScalarValue());
        fields.put(name, parser.getString());
      }
      require(parser.currentToken() == JsonToken.END_OBJECT);
      require(parser.nextToken() == null);
    }
    return fields;
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("not one flat object");
    }
  }
}
