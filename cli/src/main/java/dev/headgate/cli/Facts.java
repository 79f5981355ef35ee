package dev.headgate.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the objects that admin pages are made of. The parser stands at the beginning of one. */
final class Facts {
  private Facts() {}

  /** The members of an object that has plain ones only, as text. */
  static Map<String, String> read(JsonParser in) {
    return read(in, _ -> "", List.of());
  }

  /**
   * The plain members of an object, as text, and the objects in its arrays.
   *
   * @param reader reads one of those
   * @param into gets them
   */
  static <T> Map<String, String> read(JsonParser in, Function<JsonParser, T> reader, List<T> into) {
    Map<String, String> facts = new HashMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      if (in.nextToken() == JsonToken.START_ARRAY) {
        while (in.nextToken() == JsonToken.START_OBJECT) {
          into.add(reader.apply(in));
        }
      } else {
        facts.put(name, in.getString());
      }
    }
    return facts;
  }
}
