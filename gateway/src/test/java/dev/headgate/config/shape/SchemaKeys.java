package dev.headgate.config.shape;

import dev.headgate.policy.Policies;
import java.util.Set;
import java.util.TreeSet;

/** The keys of all records, for tests that must not forget one. */
public final class SchemaKeys {
  private SchemaKeys() {}

  /** The names of all keys but those that only shorthands stand for in the examples. */
  public static Set<String> all() {
    Set<String> keys = new TreeSet<>();
    collect(new Shape.Nested(Policies.KINDS.config()), keys);
    keys.removeAll(Set.of("exact"));
    return keys;
  }

  private static void collect(Shape shape, Set<String> keys) {
    switch (shape) {
      case Shape.Value _, Shape.Choice _, Shape.OneOf _ -> {}
      case Shape.ListOf list -> collect(list.item(), keys);
      case Shape.MapOf map -> collect(map.item(), keys);
      case Shape.Nested(Struct struct) -> {
        for (Field field : struct.keys()) {
          keys.add(field.name());
          collect(field.shape(), keys);
        }
      }
    }
  }
}
