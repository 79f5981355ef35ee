package dev.headgate.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash table from strings to values, asked with a part of another string, so that no
 * look-up cuts a string out.
 *
 * <p>Open addressing with linear probing, at most half full; key and value lie side by side. A
 * change copies the array, which for a hundred thousand keys takes well under a millisecond. Keys
 * come from the configuration only, so nobody can make them collide.
 */
final class Table<V> {
  private static final Table<?> EMPTY = new Table<>(new Object[4], 0);

  private final @Nullable Object[] slots;
  private final int mask;
  private final int size;

  private Table(@Nullable Object[] slots, int size) {
    this.slots = slots;
    this.mask = slots.length / 2 - 1;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // It holds no value.
  static <V> Table<V> empty() {
    return (Table<V>) EMPTY;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The value for exactly that part of the text. */
  @Nullable V find(String text, int from, int to) {
    if (size == 0) {
      return null;
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    for (int i = slot(hash); ; i = (i + 1) & mask) {
      String key = key(i);
      if (key == null) {
        return null;
      }
      if (key.length() == to - from && text.startsWith(key, from)) {
        return value(i);
      }
    }
  }

  /** The value for a segment of a path, in whatever spelling, as {@link Segments#scan} found it. */
  @Nullable V findSegment(String path, int from, long scan) {
    if (size == 0) {
      return null;
    }
    for (int i = slot(Segments.hash(scan)); ; i = (i + 1) & mask) {
      String key = key(i);
      if (key == null) {
        return null;
      }
      if (Segments.matches(path, from, scan, key)) {
        return value(i);
      }
    }
  }

  @Nullable V find(String key) {
    return find(key, 0, key.length());
  }

  List<V> values() {
    List<V> values = new ArrayList<>(size);
    for (int i = 0; i <= mask; i++) {
      V value = value(i);
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  List<String> keys() {
    List<String> keys = new ArrayList<>(size);
    for (int i = 0; i <= mask; i++) {
      String key = key(i);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** This table with other values for some keys; a null value takes the key away. */
  Table<V> with(Map<String, @Nullable V> changes) {
    int count = size;
    boolean removes = false;
    for (Map.Entry<String, @Nullable V> change : changes.entrySet()) {
      boolean there = find(change.getKey()) != null;
      boolean wanted = change.getValue() != null;
      count += (wanted ? 1 : 0) - (there ? 1 : 0);
      removes |= there && !wanted;
    }
    if (count == 0) {
      return empty();
    }
    int capacity = Math.max(2, Integer.highestOneBit(count * 2 - 1) * 2);
    Table<V> result;
    if (!removes && capacity == mask + 1) {
      result = new Table<>(slots.clone(), count);
    } else {
      result = new Table<>(new Object[capacity * 2], count);
      for (int i = 0; i <= mask; i++) {
        String key = key(i);
        if (key != null && !changes.containsKey(key)) {
          result.put(key, value(i));
        }
      }
    }
    changes.forEach((key, value) -> {
      if (value != null) {
        result.put(key, value);
      }
    });
    return result;
  }

  /** Only for a table that nobody has seen yet. */
  private void put(String key, @Nullable V value) {
    int i = slot(key.hashCode());
    for (String other = key(i); other != null && !other.equals(key); other = key(i)) {
      i = (i + 1) & mask;
    }
    slots[2 * i] = key;
    slots[2 * i + 1] = value;
  }

  private int slot(int hash) {
    return (hash * 0x9e37_79b9 >>> 16 ^ hash) & mask;
  }

  private @Nullable String key(int i) {
    return (String) slots[2 * i];
  }

  @SuppressWarnings("unchecked") // Odd slots hold values only.
  private @Nullable V value(int i) {
    return (V) slots[2 * i + 1];
  }
}
