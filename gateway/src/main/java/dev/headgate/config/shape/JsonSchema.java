package dev.headgate.config.shape;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * The configuration as a JSON Schema (2020-12), by which editors complete keys, show what they are
 * for and underline mistakes. It allows at least all that {@code headgate check} takes; rules
 * between keys are not in it.
 */
public final class JsonSchema {
  private static final String NAME_PATTERN = "^[a-z0-9][a-z0-9._-]*$";
  private static final String REFERENCE = "\\$\\{";

  private final Map<String, Object> definitions = new LinkedHashMap<>();

  private JsonSchema() {}

  /** The schema, indented, ending in a line break. */
  public static String json(Kinds kinds) {
    JsonSchema schema = new JsonSchema();
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Headgate");
    root.putAll(schema.object(kinds.config()));
    root.put("$defs", schema.definitions);
    return written(root);
  }

  private Map<String, Object> object(Struct struct) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("description", struct.doc());
    object.put("type", "object");
    object.put("additionalProperties", false);
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (Field field : struct.keys()) {
      properties.put(field.name(), property(field));
      if (field.required()) {
        required.add(field.name());
      }
    }
    object.put("properties", properties);
    if (!required.isEmpty()) {
      object.put("required", required);
    }
    return object;
  }

  private Map<String, Object> property(Field field) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", field.doc());
    Map<String, Object> type = type(field.shape());
    property.putAll(field.canBeOff() ? anyOf(type, Map.of("const", "off")) : type);
    if (!field.defaultText().isEmpty()) {
      property.put("default", literal(field.shape(), field.defaultText()));
    }
    return property;
  }

  private Map<String, Object> type(Shape shape) {
    return switch (shape) {
      case Shape.Value value -> single(value);
      case Shape.Choice choice ->
          anyOf(Map.of("enum", List.copyOf(choice.words().keySet())), reference());
      case Shape.ListOf list -> {
        Map<String, Object> item = type(list.item());
        Map<String, Object> array = new LinkedHashMap<>();
        array.put("type", "array");
        array.put("items", item);
        yield list.orOne() ? anyOf(array, item) : array;
      }
      case Shape.MapOf map -> {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        if (map.named()) {
          object.put("propertyNames", Map.of("pattern", NAME_PATTERN));
        }
        object.put("additionalProperties", type(map.item()));
        yield object;
      }
      case Shape.OneOf _ -> throw new IllegalStateException("its kinds are keys of their own");
      case Shape.Nested(Struct struct) -> {
        Map<String, Object> reference = Map.of("$ref", "#/$defs/" + define(struct));
        Field plain = struct.shorthand();
        if (plain == null) {
          yield reference;
        }
        Map<String, Object> shorthand = type(plain.shape());
        yield plain.canBeOff()
            ? anyOf(reference, shorthand, Map.of("const", "off"))
            : anyOf(reference, shorthand);
      }
    };
  }

  private String define(Struct struct) {
    String name = nameOf(struct.type());
    if (!definitions.containsKey(name)) {
      definitions.put(name, Map.of()); // keeps its place before those that it needs
      definitions.put(name, object(struct));
    }
    return name;
  }

  private static String nameOf(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null ? type.getSimpleName() : nameOf(outer) + "." + type.getSimpleName();
  }

  private static Map<String, Object> single(Shape.Value value) {
    Scalar<?> scalar = value.scalar();
    Map<String, Object> type = new LinkedHashMap<>();
    if (scalar.type() == String.class) {
      // An editor takes 5 for a number where the configuration takes it for the text "5".
      type.put("type", List.of("string", "number", "boolean"));
      return type;
    }
    if (scalar.jsonType().equals("string")) {
      type.put("type", scalar.pattern().contains("auto") ? List.of("string", "integer") : "string");
      if (!scalar.pattern().isEmpty()) {
        type.put("pattern", scalar.pattern() + "|" + REFERENCE);
      }
      return type;
    }
    type.put("type", scalar.jsonType());
    if (value.bounds().least() instanceof Number least) {
      type.put("minimum", least);
    }
    if (value.bounds().greatest() instanceof Number greatest) {
      type.put("maximum", greatest);
    }
    return anyOf(type, reference());
  }

  private static Map<String, Object> reference() {
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("type", "string");
    reference.put("pattern", REFERENCE);
    return reference;
  }

  @SafeVarargs
  private static Map<String, Object> anyOf(Map<String, Object>... types) {
    Map<String, Object> either = new LinkedHashMap<>();
    either.put("anyOf", List.of(types));
    return either;
  }

  private static Object literal(Shape shape, String text) {
    return switch (shape) {
      case Shape.Value value when value.scalar().type() == Integer.class -> Integer.valueOf(text);
      case Shape.Value value when value.scalar().type() == Long.class -> Long.valueOf(text);
      case Shape.Value value when value.scalar().type() == Boolean.class -> Boolean.valueOf(text);
      case Shape.ListOf _ -> List.of(text.substring(1, text.length() - 1).split(", *", -1));
      case Shape.Value _, Shape.Choice _, Shape.MapOf _, Shape.Nested _, Shape.OneOf _ -> text;
    };
  }

  private static String written(Object root) {
    PrettyPrinter indented =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    StringWriter text = new StringWriter();
    ObjectWriteContext context =
        new ObjectWriteContext.Base() {
          @Override
          public PrettyPrinter getPrettyPrinter() {
            return indented;
          }
        };
    try (JsonGenerator json = new JsonFactory().createGenerator(context, text)) {
      write(json, root);
    }
    return text.append("\n").toString();
  }

  private static void write(JsonGenerator json, Object value) {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach((key, item) -> {
          json.writeName(String.valueOf(key));
          write(json, item);
        });
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      default -> json.writeString(value.toString());
    }
  }
}
