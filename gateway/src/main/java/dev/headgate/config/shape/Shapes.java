package dev.headgate.config.shape;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.KindOf;
import dev.headgate.config.Named;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.Shorthand;
import dev.headgate.config.Spelled;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks over record types, once, and writes down their shape. A record that cannot be a
 * configuration (an unknown type, a default that does not parse) is a mistake of ours and throws.
 */
public final class Shapes {
  private final Map<Class<?>, Struct> known = new HashMap<>();
  private final Kinds kinds;

  private Shapes(Kinds kinds) {
    this.kinds = kinds;
  }

  /**
   * The shape of a record type and of all that it contains.
   *
   * @param kinds those that a {@link KindOf} component may be of
   */
  static Struct of(Class<? extends Record> type, Kinds kinds) {
    return new Shapes(kinds).struct(type);
  }

  private Struct struct(Class<? extends Record> type) {
    Struct before = known.get(type);
    if (before != null) {
      return before;
    }
    List<Field> fields = new ArrayList<>();
    Map<String, Integer> index = new HashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Field field = field(component);
      if (field.shape() instanceof Shape.OneOf oneOf) {
        oneOf.kinds().keySet().forEach(kind -> index.put(kind, fields.size()));
      } else {
        index.put(field.name(), fields.size());
      }
      fields.add(field);
    }
    Shorthand shorthand = type.getAnnotation(Shorthand.class);
    Field plain = null;
    for (Field field : fields) {
      if (shorthand != null && field.name().equals(shorthand.value())) {
        plain = field;
      }
    }
    Doc doc = type.getAnnotation(Doc.class);
    Struct struct =
        new Struct(
            type, doc == null ? "" : doc.value(), List.copyOf(fields), Map.copyOf(index), plain);
    known.put(type, struct);
    return struct;
  }

  private Field field(RecordComponent component) {
    Shape shape = shape(component.getGenericType(), component);
    Doc doc = component.getAnnotation(Doc.class);
    Default byDefault = component.getAnnotation(Default.class);
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    Object whenAbsent = null;
    if (byDefault != null) {
      whenAbsent = valueOf(byDefault.value(), shape);
    } else if (!nullable) {
      whenAbsent = shape.empty();
    }
    return new Field(
        component.getName(),
        shape,
        doc == null ? "" : doc.value(),
        doc == null ? "" : doc.example(),
        byDefault == null ? "" : byDefault.value(),
        whenAbsent,
        whenAbsent == null && !nullable,
        nullable && byDefault != null);
  }

  private Shape shape(Type type, RecordComponent component) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Shape item = shape(arguments[arguments.length - 1], component);
      return generic.getRawType() == List.class
          ? new Shape.ListOf(item, component.isAnnotationPresent(OneOrMany.class))
          : new Shape.MapOf(item, component.isAnnotationPresent(Named.class));
    }
    KindOf kind = component.getAnnotation(KindOf.class);
    if (kind != null) {
      return oneOf(kind.value());
    }
    Class<?> plain = MethodType.methodType((Class<?>) type).wrap().returnType();
    if (plain.isRecord() && scalar(plain) == null) {
      return new Shape.Nested(struct(plain.asSubclass(Record.class)));
    }
    if (plain.isEnum()) {
      return choice(plain);
    }
    Scalar<?> scalar = scalar(plain);
    if (scalar == null) {
      throw new IllegalArgumentException("no configuration can hold a " + plain);
    }
    Range range = component.getAnnotation(Range.class);
    return new Shape.Value(scalar, range == null ? Bounds.OPEN : Bounds.of(range, scalar));
  }

  private Shape oneOf(KindOf.Family family) {
    Map<String, Struct> structs = new LinkedHashMap<>();
    kinds.of(family).forEach((name, kind) -> structs.put(name, struct(kind.type())));
    return new Shape.OneOf(family.name().toLowerCase(Locale.ROOT), structs);
  }

  private static @Nullable Scalar<?> scalar(Class<?> type) {
    return Scalar.ALL.stream().filter(s -> s.type() == type).findFirst().orElse(null);
  }

  private static Shape choice(Class<?> type) {
    Map<String, Object> words = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      words.put(word((Enum<?>) constant), constant);
    }
    return new Shape.Choice(type, words);
  }

  /** How a constant is written: its own spelling, else its name in lower case. */
  public static String word(Enum<?> constant) {
    return constant instanceof Spelled spelled
        ? spelled.text()
        : constant.name().toLowerCase(Locale.ROOT);
  }

  /** Reads a default: a single value, or a list of single values in brackets. */
  private static Object valueOf(String text, Shape shape) {
    return switch (shape) {
      case Shape.Value value -> value.scalar().parse().apply(text);
      case Shape.Choice choice -> {
        Object constant = choice.words().get(text);
        if (constant == null) {
          throw new IllegalArgumentException("'" + text + "' is not " + shape.expected());
        }
        yield constant;
      }
      case Shape.ListOf list ->
          Arrays.stream(text.substring(1, text.length() - 1).split(",", -1))
              .map(item -> valueOf(item.strip(), list.item()))
              .toList();
      case Shape.MapOf _, Shape.Nested _, Shape.OneOf _ ->
          throw new IllegalArgumentException("a default for a mapping cannot be written");
    };
  }
}
