package dev.headgate.config.read;

import dev.headgate.config.Places;
import dev.headgate.config.Problems;
import dev.headgate.config.shape.Field;
import dev.headgate.config.shape.Struct;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one file contributes: the values of those top-level keys that it has. Kept from one reading
 * to the next as long as the file's bytes and its references' values stay the same.
 *
 * @param whole whether the file could be read to its end
 * @param values by top-level key; {@link Binder#FAILED} for what could not be made
 */
record Part(
    Source source,
    boolean whole,
    Map<String, @Nullable Object> values,
    References references,
    Problems problems) {

  static Part read(Source source, Struct config, References references) {
    Problems problems = new Problems(Places.NONE);
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Node.Mapping tree = source.read(problems);
    if (tree != null) {
      Binder binder = new Binder(source.name(), problems, references);
      for (Node.Entry entry : tree.entries()) {
        int position = config.indexOf(entry.key());
        if (position < 0) {
          binder.unknown(entry, config.fields(), new HashSet<>());
        } else {
          Field field = config.fields().get(position);
          values.put(entry.key(), binder.field(field, entry));
        }
      }
    }
    return new Part(source, tree != null, values, references, problems);
  }
}
