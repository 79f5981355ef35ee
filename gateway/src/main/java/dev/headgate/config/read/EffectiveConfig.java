package dev.headgate.config.read;

import dev.headgate.config.Config;
import dev.headgate.config.Typed;
import dev.headgate.config.shape.Field;
import dev.headgate.config.shape.Kinds;
import dev.headgate.config.shape.Shape;
import dev.headgate.config.shape.Shapes;
import dev.headgate.config.shape.Struct;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a configuration as YAML with every default filled in, and references where the values of
 * secrets would be. What is written can be read again and is then the same configuration. Keys that
 * hold nothing, which may be left out, are.
 */
public final class EffectiveConfig {
  private final Sources sources;
  private final StringBuilder out = new StringBuilder();

  private EffectiveConfig(Sources sources) {
    this.sources = sources;
  }

  /** The YAML of an accepted configuration. */
  public static String yaml(Kinds kinds, Config config, Sources sources) {
    EffectiveConfig writer = new EffectiveConfig(sources);
    writer.struct(kinds.config(), config, "", 0);
    return writer.out.toString();
  }

  private void struct(Struct struct, Object record, String path, int indent) {
    List<Field> fields = struct.fields();
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      Object value = struct.value(record, i);
      String here = path.isEmpty() ? field.name() : path + "." + field.name();
      if (value instanceof Typed typed && field.shape() instanceof Shape.OneOf oneOf) {
        Struct kind = Objects.requireNonNull(oneOf.kinds().get(typed.kind()));
        String below = path.isEmpty() ? typed.kind() : path + "." + typed.kind();
        line(indent, typed.kind());
        after(new Shape.Nested(kind), typed.config(), below, indent);
      } else if (value == null && field.canBeOff()) {
        line(indent, field.name()).append(" off\n");
      } else if (value != null && !isEmpty(field.shape(), value)) {
        line(indent, field.name());
        after(field.shape(), value, here, indent);
      }
    }
  }

  /** Writes a value after its key: on the same line if it is a single one, else below. */
  private void after(Shape shape, Object value, String path, int indent) {
    switch (shape) {
      case Shape.OneOf _ -> throw new IllegalStateException("its kinds are keys of their own");
      case Shape.Value _, Shape.Choice _ ->
          out.append(' ').append(text(shape, value, path)).append('\n');
      case Shape.ListOf list -> {
        out.append('\n');
        list(list, (List<?>) value, path, indent + 2);
      }
      case Shape.MapOf map -> {
        out.append('\n');
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          String key = String.valueOf(entry.getKey());
          line(indent + 2, key);
          after(map.item(), entry.getValue(), path + "." + key, indent + 2);
        }
      }
      case Shape.Nested(Struct struct) -> {
        int before = out.append('\n').length();
        struct(struct, value, path, indent + 2);
        if (out.length() == before) {
          out.setLength(before - 1);
          out.append(" {}\n");
        }
      }
    }
  }

  private void list(Shape.ListOf shape, List<?> values, String path, int indent) {
    for (int i = 0; i < values.size(); i++) {
      String here = path + "[" + i + "]";
      if (shape.item() instanceof Shape.Nested(Struct struct)) {
        int start = out.length();
        struct(struct, values.get(i), here, indent + 2);
        out.setCharAt(start + indent, '-'); // the first of its keys stands beside the dash
      } else {
        out.repeat(' ', indent).append("- ");
        out.append(text(shape.item(), values.get(i), here)).append('\n');
      }
    }
  }

  private String text(Shape shape, Object value, String path) {
    String reference = sources.reference(path).orElse(null);
    if (reference != null) {
      return quoted(reference);
    }
    String text =
        shape instanceof Shape.Value single
            ? single.scalar().written(value)
            : Shapes.word((Enum<?>) value);
    return quoted(text.replace("${", "$${"));
  }

  private StringBuilder line(int indent, String key) {
    return out.repeat(' ', indent).append(quoted(key)).append(':');
  }

  private static boolean isEmpty(Shape shape, @Nullable Object value) {
    return switch (shape) {
      case Shape.ListOf _ -> value instanceof List<?> list && list.isEmpty();
      case Shape.MapOf _ -> value instanceof Map<?, ?> map && map.isEmpty();
      case Shape.Nested(Struct struct) when value != null -> holdsNothing(struct, value);
      case Shape.Nested _, Shape.Value _, Shape.Choice _, Shape.OneOf _ -> false;
    };
  }

  /** Whether a record could be left out, for all that it holds could. */
  private static boolean holdsNothing(Struct struct, Object record) {
    for (int i = 0; i < struct.fields().size(); i++) {
      Field field = struct.fields().get(i);
      Object value = struct.value(record, i);
      boolean nothing = value == null ? !field.canBeOff() : isEmpty(field.shape(), value);
      if (!nothing) {
        return false;
      }
    }
    return struct.empty() != null && struct.empty().equals(record);
  }

  /** As it is where YAML reads it so, else in double quotes. */
  private static String quoted(String text) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean paired =
          (Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1)))
              || (Character.isLowSurrogate(c)
                  && i > 0
                  && Character.isHighSurrogate(text.charAt(i - 1)));
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c == '\n') {
        quoted.append("\\n");
      } else if (Character.isISOControl(c)
          || Character.getType(c) == Character.FORMAT
          || c == '\u2028'
          || c == '\u2029'
          || c >= '\ufffe'
          || (Character.isSurrogate(c) && !paired)) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean isPlain(String text) {
    if (text.isEmpty() || text.equals("null") || text.endsWith(":")) {
      return false;
    }
    char first = text.charAt(0);
    return (isWord(first) || first == '/')
        && text.chars().allMatch(c -> isWord(c) || "/-._:*+=".indexOf(c) >= 0);
  }

  private static boolean isWord(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
