package dev.headgate.config.shape;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value of the configuration looks like. */
public sealed interface Shape {
  /** A single text whose type reads it, within bounds. */
  record Value(Scalar<?> scalar, Bounds bounds) implements Shape {}

  /**
   * One of a few words.
   *
   * @param words each with the constant that it stands for, in the order of declaration
   */
  record Choice(Class<?> type, Map<String, Object> words) implements Shape {}

  /**
   * A list.
   *
   * @param orOne whether its only item may stand without the brackets
   */
  record ListOf(Shape item, boolean orOne) implements Shape {}

  /**
   * A mapping whose keys the user chooses.
   *
   * @param named whether the keys are names, see {@link dev.headgate.config.Named}
   */
  record MapOf(Shape item, boolean named) implements Shape {}

  /** A mapping with known keys: a record. See {@link Struct}. */
  record Nested(Struct struct) implements Shape {}

  /**
   * One of several kinds, each a mapping of its own below the kind's name.
   *
   * @param family as in "policy"
   * @param kinds by name
   */
  record OneOf(String family, Map<String, Struct> kinds) implements Shape {
    /** The names of the kinds, for messages. */
    public String names() {
      return String.join(", ", kinds.keySet());
    }
  }

  /** Short words for what is expected here, as in "a list". */
  default String expected() {
    return switch (this) {
      case Value value -> value.scalar().expected();
      case Choice choice -> "one of " + String.join(", ", choice.words().keySet());
      case ListOf list -> list.orOne() ? list.item().expected() + ", or a list of such" : "a list";
      case MapOf _ -> "a mapping";
      case OneOf oneOf -> "a kind of " + oneOf.family();
      case Nested(Struct struct) -> {
        Field plain = struct.shorthand();
        yield plain == null ? "a mapping" : plain.shape().expected() + ", or a mapping";
      }
    };
  }

  /** The value that stands for "nothing written", or null where something must be written. */
  default @Nullable Object empty() {
    return switch (this) {
      case Value _, Choice _, OneOf _ -> null;
      case ListOf _ -> java.util.List.of();
      case MapOf _ -> Map.of();
      case Nested(Struct struct) -> struct.empty();
    };
  }
}
