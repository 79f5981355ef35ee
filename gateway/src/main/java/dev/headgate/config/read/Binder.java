package dev.headgate.config.read;

import dev.headgate.config.Nearest;
import dev.headgate.config.Place;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.config.Shown;
import dev.headgate.config.Typed;
import dev.headgate.config.shape.Bounds;
import dev.headgate.config.shape.Field;
import dev.headgate.config.shape.Shape;
import dev.headgate.config.shape.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes records from YAML nodes, as their shapes say. Goes on after a mistake, so that all are
 * reported at once; what holds a mistake is {@link #FAILED}, all the way up to the nearest named
 * thing (a route, an upstream), which is left out while its neighbours are bound.
 */
final class Binder {
  /** Stands for a value that could not be made; why has been reported. */
  static final Object FAILED = new Object();

  private static final int LONGEST_NAME = 128;

  private final String file;
  private final Problems problems;
  private final References references;
  private final List<Step> steps = new ArrayList<>();

  /** One step of the path to the value in hand: a key, or a number from 0 in a list. */
  private record Step(String key, int line, int column) {}

  Binder(String file, Problems problems, References references) {
    this.file = file;
    this.problems = problems;
    this.references = references;
  }

  /** The value of one key: {@link #FAILED}, or null for {@code off}, or what the shape makes. */
  @Nullable Object field(Field field, Node.Entry entry) {
    steps.add(new Step(entry.key(), entry.line(), entry.column()));
    Object value =
        field.canBeOff() && entry.value() instanceof Node.Text text && text.text().equals("off")
            ? null
            : field.shape() instanceof Shape.OneOf oneOf
                ? typed(oneOf, entry)
                : bind(field.shape(), entry.value(), field.example());
    steps.removeLast();
    return value;
  }

  private Object typed(Shape.OneOf shape, Node.Entry entry) {
    Struct struct = Objects.requireNonNull(shape.kinds().get(entry.key()));
    Object config = bind(new Shape.Nested(struct), entry.value(), "");
    return config == FAILED ? FAILED : new Typed(entry.key(), (Record) config);
  }

  private Object bind(Shape shape, Node node, String example) {
    if (node instanceof Node.Refused) {
      return FAILED;
    }
    if (node instanceof Node.Text text && text.isNull()) {
      error(
          node,
          "nothing is written here",
          "write " + shape.expected() + ", or remove the key to have its default");
      return FAILED;
    }
    return switch (shape) {
      case Shape.Value value when node instanceof Node.Text text -> value(value, text);
      case Shape.Choice choice when node instanceof Node.Text text -> choice(choice, text);
      case Shape.ListOf list when node instanceof Node.Sequence sequence -> list(list, sequence);
      case Shape.ListOf list when list.orOne() -> only(list, node);
      case Shape.MapOf map when node instanceof Node.Mapping mapping -> map(map, mapping);
      case Shape.Nested(Struct struct) when node instanceof Node.Mapping mapping ->
          struct(struct, mapping.entries());
      case Shape.Nested(Struct struct)
          when node instanceof Node.Text && struct.shorthand() != null ->
          struct(
              struct,
              List.of(new Node.Entry(struct.shorthand().name(), node.line(), node.column(), node)));
      case Shape.Value _,
          Shape.Choice _,
          Shape.ListOf _,
          Shape.MapOf _,
          Shape.Nested _,
          Shape.OneOf _ -> {
        error(node, mismatch(shape.expected(), node), example.isEmpty() ? "" : "as in " + example);
        yield FAILED;
      }
    };
  }

  private Object value(Shape.Value shape, Node.Text node) {
    if (shape.scalar().type() == SecretText.class && !References.isIn(node.text())) {
      error(
          node,
          "a secret is never written here, only a reference to it",
          "as in '${env:NAME}' or '${file:PATH}'");
      return FAILED;
    }
    String text = resolved(node);
    if (text == null) {
      return FAILED;
    }
    Object value;
    try {
      value = shape.scalar().parse().apply(text);
    } catch (IllegalArgumentException e) {
      // A hint may quote the text, which here may be a secret.
      String hint = text.equals(node.text()) ? e.getMessage() : "";
      error(node, mismatch(shape.scalar().expected(), node), hint == null ? "" : hint);
      return FAILED;
    } catch (ArithmeticException e) {
      error(node, mismatch(shape.scalar().expected(), node), "the number is too large");
      return FAILED;
    }
    Bounds bounds = shape.bounds();
    if (!bounds.contain(value)) {
      error(node, "must be " + bounds + "; found " + Shown.quoted(node.text()), "");
      return FAILED;
    }
    return value;
  }

  private Object choice(Shape.Choice shape, Node.Text node) {
    String text = resolved(node);
    if (text == null) {
      return FAILED;
    }
    Object constant = shape.words().get(text);
    if (constant == null) {
      error(
          node,
          mismatch(shape.expected(), node),
          Nearest.hint(node.text(), shape.words().keySet()));
      return FAILED;
    }
    return constant;
  }

  private @Nullable String resolved(Node.Text node) {
    if (!References.isIn(node.text())) {
      return node.text();
    }
    try {
      return references.resolve(node.text(), path());
    } catch (References.Unresolved e) {
      error(node, e.text(), e.hint());
      return null;
    }
  }

  private Object list(Shape.ListOf shape, Node.Sequence node) {
    List<Object> values = new ArrayList<>(node.items().size());
    boolean failed = false;
    for (Node item : node.items()) {
      Object value = item(shape, item, values.size());
      failed |= value == FAILED;
      values.add(value);
    }
    return failed ? FAILED : List.copyOf(values);
  }

  private Object only(Shape.ListOf shape, Node node) {
    Object value = item(shape, node, 0);
    return value == FAILED ? FAILED : List.of(value);
  }

  private Object item(Shape.ListOf shape, Node item, int position) {
    steps.add(new Step("[" + position + "]", item.line(), item.column()));
    Object value = bind(shape.item(), item, "");
    steps.removeLast();
    return value;
  }

  private Object map(Shape.MapOf shape, Node.Mapping node) {
    Map<String, Object> values = LinkedHashMap.newLinkedHashMap(node.entries().size());
    boolean failed = false;
    for (Node.Entry entry : node.entries()) {
      failed |= !entry(shape, entry, values);
    }
    return failed && !shape.named() ? FAILED : Collections.unmodifiableMap(values);
  }

  /** Binds one entry of a map at the top and puts it among the values, unless it fails. */
  void entry(String section, Shape.MapOf shape, Node.Entry entry, Map<String, Object> values) {
    steps.add(new Step(section, entry.line(), entry.column()));
    entry(shape, entry, values);
    steps.removeLast();
  }

  private boolean entry(Shape.MapOf shape, Node.Entry entry, Map<String, Object> values) {
    steps.add(new Step(entry.key(), entry.line(), entry.column()));
    boolean allowed = !shape.named() || isName(entry);
    Object value = bind(shape.item(), entry.value(), "");
    steps.removeLast();
    if (!allowed || value == FAILED) {
      return false;
    }
    values.put(entry.key(), value);
    return true;
  }

  private boolean isName(Node.Entry entry) {
    String name = entry.key();
    boolean allowed =
        !name.isEmpty()
            && name.length() <= LONGEST_NAME
            && isLetterOrDigit(name.charAt(0))
            && name.chars().allMatch(c -> isLetterOrDigit(c) || c == '-' || c == '_' || c == '.');
    if (!allowed) {
      problems.add(
          Severity.ERROR,
          new Place(file, entry.line(), entry.column()),
          path(),
          Shown.quoted(name) + " cannot be a name",
          "names are lower-case letters, digits, '-', '_' and '.', as in 'orders-v2'");
    }
    return allowed;
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private Object struct(Struct struct, List<Node.Entry> entries) {
    List<Field> fields = struct.fields();
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    boolean[] written = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = fields.get(i).whenAbsent();
    }
    Set<String> meant = Set.of();
    boolean failed = false;
    for (Node.Entry entry : entries) {
      int position = struct.indexOf(entry.key());
      if (position < 0) {
        meant = meant.isEmpty() ? new HashSet<>() : meant;
        unknown(entry, struct.keys(), meant);
        failed = true;
      } else if (written[position]) {
        secondKind(entry, (Shape.OneOf) fields.get(position).shape());
        failed = true;
      } else {
        values[position] = field(fields.get(position), entry);
        written[position] = true;
        failed |= values[position] == FAILED;
      }
    }
    for (int i = 0; i < values.length; i++) {
      if (fields.get(i).required() && !written[i]) {
        failed = true;
        missing(fields.get(i), meant);
      }
    }
    return failed ? FAILED : struct.create(values);
  }

  /** The reader of YAML has refused a key that is there twice, so this is another kind's. */
  private void secondKind(Node.Entry entry, Shape.OneOf shape) {
    problems.add(
        Severity.ERROR,
        new Place(file, entry.line(), entry.column()),
        path(entry.key()),
        "only one kind of " + shape.family() + " can stand here",
        "write a second one beside it, as an item or a name of its own");
  }

  /** Reports a key that no field has, and notes which one was meant. */
  void unknown(Node.Entry entry, List<Field> fields, Set<String> meant) {
    List<String> known = fields.stream().map(Field::name).toList();
    Nearest.to(entry.key(), known).ifPresent(meant::add);
    String hint = Nearest.hint(entry.key(), known);
    problems.add(
        Severity.ERROR,
        new Place(file, entry.line(), entry.column()),
        path(entry.key()),
        "unknown key " + Shown.quoted(entry.key()),
        hint.isEmpty() ? "known here: " + String.join(", ", known) : hint);
  }

  private void missing(Field field, Set<String> meant) {
    if (meant.contains(field.name())) {
      return; // it is there, misspelled, and that was reported
    }
    Step step = steps.getLast();
    if (field.shape() instanceof Shape.OneOf oneOf) {
      if (meant.isEmpty()) {
        problems.add(
            Severity.ERROR,
            new Place(file, step.line, step.column),
            path(),
            "no kind of " + oneOf.family() + " is written here",
            "one of " + oneOf.names());
      }
      return;
    }
    problems.add(
        Severity.ERROR,
        new Place(file, step.line, step.column),
        path(field.name()),
        "'" + field.name() + "' is missing",
        field.example().isEmpty() ? "" : "as in '" + field.name() + ": " + field.example() + "'");
  }

  private static String mismatch(String expected, Node found) {
    String what =
        switch (found) {
          case Node.Text text -> Shown.quoted(text.text());
          case Node.Sequence _ -> "a list";
          case Node.Mapping _ -> "a mapping";
          case Node.Refused _ -> "nothing";
        };
    return "expected " + expected + "; found " + what;
  }

  private void error(Node node, String message, String hint) {
    problems.add(
        Severity.ERROR, new Place(file, node.line(), node.column()), path(), message, hint);
  }

  private String path() {
    StringBuilder out = new StringBuilder();
    for (Step step : steps) {
      out.append(out.isEmpty() || step.key.startsWith("[") ? "" : ".").append(step.key);
    }
    return out.toString();
  }

  private String path(String last) {
    String path = path();
    return path.isEmpty() ? last : path + "." + last;
  }
}
