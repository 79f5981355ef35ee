package dev.headgate.config.shape;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A record type of the configuration: its keys in order, and how one is made and taken apart. */
public final class Struct {
  private final Class<? extends Record> type;
  private final String doc;
  private final List<Field> fields;
  private final Map<String, Integer> index;
  private final @Nullable Field shorthand;
  private final Constructor<? extends Record> constructor;
  private final List<Method> accessors;

  /**
   * @param index the position of the field that a key belongs to
   */
  Struct(
      Class<? extends Record> type,
      String doc,
      List<Field> fields,
      Map<String, Integer> index,
      @Nullable Field shorthand) {
    this.type = type;
    this.doc = doc;
    this.fields = fields;
    this.index = index;
    this.shorthand = shorthand;
    RecordComponent[] components = type.getRecordComponents();
    try {
      this.constructor =
          type.getConstructor(
              Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + " must be public with its constructor", e);
    }
    this.accessors = Stream.of(components).map(RecordComponent::getAccessor).toList();
  }

  public Class<? extends Record> type() {
    return type;
  }

  public String doc() {
    return doc;
  }

  public List<Field> fields() {
    return fields;
  }

  /**
   * The keys that may be written, in order: as the fields, but for one that is of several kinds,
   * which has a key for each of them.
   */
  public List<Field> keys() {
    List<Field> keys = new ArrayList<>();
    for (Field field : fields) {
      if (field.shape() instanceof Shape.OneOf oneOf) {
        oneOf
            .kinds()
            .forEach((kind, struct) ->
                keys.add(
                    new Field(
                        kind, new Shape.Nested(struct), struct.doc(), "", "", null, false, false)));
      } else {
        keys.add(field);
      }
    }
    return keys;
  }

  /** The position of the field that a key belongs to, or -1. */
  public int indexOf(String key) {
    Integer position = index.get(key);
    return position == null ? -1 : position;
  }

  /** The field that a plain value stands for, see {@link dev.headgate.config.Shorthand}. */
  public @Nullable Field shorthand() {
    return shorthand;
  }

  /** The record with nothing written, or null if something must be. */
  public @Nullable Object empty() {
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      if (fields.get(i).required()) {
        return null;
      }
      values[i] = fields.get(i).whenAbsent();
    }
    return create(values);
  }

  /** Makes a record from the values of its components, in order. */
  public Object create(@Nullable Object[] values) {
    try {
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw broken(e);
    }
  }

  /** The value of one component of a record of this type. */
  public @Nullable Object value(Object of, int position) {
    try {
      return accessors.get(position).invoke(of);
    } catch (ReflectiveOperationException e) {
      throw broken(e);
    }
  }

  /** Records refuse what they cannot be with exceptions of their own. */
  private RuntimeException broken(ReflectiveOperationException e) {
    return e.getCause() instanceof RuntimeException thrown
        ? thrown
        : new IllegalStateException(type + " must be public", e);
  }
}
