package dev.headgate.mirror;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Finds where two JSON texts differ: by field, whatever the order of members and the space between
 * them, as JSON pointers (RFC 6901) without the values. Numbers are the same if they are written
 * alike. For small texts; not for a loop.
 */
final class JsonDifference {
  /** How many differences are told; one is enough to know that there is one. */
  private static final int MOST_TOLD = 5;

  private static final int DEEPEST = 64;
  private static final int LONGEST_NAME = 60;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxNameLength(1024).build())
          .build();

  /** What comes instead of a member or an item that is not there. */
  private static final Object NOTHING = new Object();

  private final List<List<String>> ignored;
  private final Deque<String> at = new ArrayDeque<>();
  private final List<String> found = new ArrayList<>();

  private JsonDifference(List<String> ignored) {
    this.ignored = ignored.stream().map(JsonDifference::names).toList();
  }

  /** The names of a pointer, unescaped. */
  private static List<String> names(String pointer) {
    List<String> names = new ArrayList<>();
    for (int from = 1; from <= pointer.length(); ) {
      int end = pointer.indexOf('/', from);
      end = end < 0 ? pointer.length() : end;
      names.add(pointer.substring(from, end).replace("~1", "/").replace("~0", "~"));
      from = end + 1;
    }
    return names;
  }

  /**
   * Where two texts differ, the first few places; empty if they do not.
   *
   * @param ignored pointers to what may differ, with {@code *} for any one name or index
   * @return null if one of them is no JSON, or is nested too deeply
   */
  static @Nullable List<String> between(byte[] one, byte[] other, List<String> ignored) {
    try {
      JsonDifference difference = new JsonDifference(ignored);
      Object first = tree(one);
      Object second = tree(other);
      if (first == null || second == null) {
        return null;
      }
      difference.compare(first, second);
      return difference.found;
    } catch (JacksonException | CharacterCodingException e) {
      return null;
    }
  }

  private void compare(Object one, Object other) {
    if (found.size() == MOST_TOLD || isIgnored()) {
      return;
    }
    if (one instanceof Map<?, ?> members && other instanceof Map<?, ?> others) {
      members.forEach((name, value) -> below((String) name, value, others.get(name)));
      others.forEach((name, value) -> {
        if (!members.containsKey(name)) {
          below((String) name, NOTHING, value);
        }
      });
    } else if (one instanceof List<?> items && other instanceof List<?> others) {
      for (int i = 0; i < Math.max(items.size(), others.size()); i++) {
        below(
            Integer.toString(i),
            i < items.size() ? items.get(i) : NOTHING,
            i < others.size() ? others.get(i) : NOTHING);
      }
    } else if (!one.equals(other)) {
      found.add(pointer());
    }
  }

  private void below(String name, @Nullable Object one, @Nullable Object other) {
    at.addLast(name);
    compare(Objects.requireNonNullElse(one, NOTHING), Objects.requireNonNullElse(other, NOTHING));
    at.removeLast();
  }

  private boolean isIgnored() {
    for (List<String> names : ignored) {
      if (names.size() == at.size()) {
        int i = 0;
        boolean same = true;
        for (String name : at) {
          String wanted = names.get(i++);
          same &= wanted.equals("*") || wanted.equals(name);
        }
        if (same) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where it is, fit to be logged. */
  private String pointer() {
    StringBuilder text = new StringBuilder();
    for (String name : at) {
      text.append('/');
      for (int i = 0; i < Math.min(LONGEST_NAME, name.length()); i++) {
        char c = name.charAt(i);
        text.append(c < ' ' || c > '~' ? "?" : c == '~' ? "~0" : c == '/' ? "~1" : "" + c);
      }
    }
    return text.isEmpty() ? "/" : text.toString();
  }

  /**
   * A text as Map, List, String for strings with a quote before them, and String for what is
   * written without. Null if there is nothing, or more than one value.
   */
  private static @Nullable Object tree(byte[] json) throws CharacterCodingException {
    // As characters: from bytes the parser would guess the encoding.
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text.toCharArray())) {
      Object tree = parser.nextToken() == null ? null : value(parser);
      return parser.nextToken() == null ? tree : null;
    }
  }

  private static Object value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> members = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        members.put(name, value(parser));
      }
      return members;
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(parser));
      }
      return items;
    }
    return token == JsonToken.VALUE_STRING ? "\"" + parser.getString() : parser.getString();
  }
}
