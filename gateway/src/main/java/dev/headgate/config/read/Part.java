package dev.headgate.config.read;

import dev.headgate.config.Places;
import dev.headgate.config.Problems;
import dev.headgate.config.shape.Field;
import dev.headgate.config.shape.Shape;
import dev.headgate.config.shape.Struct;
import java.util.Collections;
import java.util.HashMap;
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
    Sections sections = new Sections(config, new Binder(source.name(), problems, references));
    Node.Mapping tree = source.read(problems, sections);
    if (tree != null) {
      tree.entries().forEach(sections::finish);
    }
    return new Part(source, tree != null, sections.values, references, problems);
  }

  /** Binds the entries of maps while they are read, and all else when the file is at its end. */
  private static final class Sections implements Yaml.Taker {
    private final Struct config;
    private final Binder binder;
    private final Map<String, Map<String, Object>> maps = new HashMap<>();
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    Sections(Struct config, Binder binder) {
      this.config = config;
      this.binder = binder;
    }

    private @Nullable Field field(String key) {
      int position = config.indexOf(key);
      return position < 0 ? null : config.fields().get(position);
    }

    @Override
    public boolean takes(String section) {
      return field(section) instanceof Field field && field.shape() instanceof Shape.MapOf;
    }

    @Override
    public void take(String section, Node.Entry entry) {
      if (field(section) instanceof Field field && field.shape() instanceof Shape.MapOf shape) {
        binder.entry(
            section, shape, entry, maps.computeIfAbsent(section, key -> new LinkedHashMap<>()));
      }
    }

    void finish(Node.Entry section) {
      Field field = field(section.key());
      if (field == null) {
        binder.unknown(section, config.fields(), new HashSet<>());
      } else if (section.value() instanceof Node.Mapping && takes(section.key())) {
        values.put(
            section.key(), Collections.unmodifiableMap(maps.getOrDefault(section.key(), Map.of())));
      } else {
        values.put(section.key(), binder.field(field, section));
      }
    }
  }
}
