package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The header (or trailer) fields of one message, in order, with their names as they came.
 *
 * <p>All names and values lie in one byte array, which for a message that was parsed is the array
 * it was read into; a table of numbers says where. Nothing is turned into a string until somebody
 * asks for it, so that a field that is only passed on costs two copies of its bytes and no object.
 * A field that is removed is marked, one that is added is appended; the array is never compacted,
 * and is bounded by the limits on what is read.
 *
 * <p>Names are compared without case. Values are bytes, shown as Latin-1 strings (RFC 9110 section
 * 5.5).
 */
@LoopConfined
public final class Headers {
  // The columns of a row in the table.
  private static final int KEY = 0;
  private static final int NAME = 1;
  private static final int NAME_LENGTH = 2;
  private static final int VALUE = 3;
  private static final int VALUE_LENGTH = 4;
  private static final int COLUMNS = 5;

  private static final int REMOVED = 0x7fff_ffff;
  private static final byte[] NONE = {};
  private static final int[] NO_ROWS = {};

  private byte[] bytes = NONE;
  private int end;
  private int[] rows = NO_ROWS;
  private int rowsEnd;
  private int size;
  private long known;

  /** Forgets all fields and keeps the arrays for the next message. */
  public void clear() {
    end = 0;
    rowsEnd = 0;
    size = 0;
    known = 0;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** How many bytes the fields have as HTTP/1 writes them, with colon, space and line end. */
  public int length() {
    int length = 0;
    for (int row = 0; row < rowsEnd; row += COLUMNS) {
      if (rows[row] != REMOVED) {
        length += rows[row + NAME_LENGTH] + rows[row + VALUE_LENGTH] + 4;
      }
    }
    return length;
  }

  /** What the fields of one name have of {@link #length()}. */
  public int length(HeaderName name) {
    int length = 0;
    for (int row = find(name, 0); row >= 0; row = find(name, row + COLUMNS)) {
      length += rows[row + NAME_LENGTH] + rows[row + VALUE_LENGTH] + 4;
    }
    return length;
  }

  public boolean has(HeaderName name) {
    return find(name, 0) >= 0;
  }

  /** The value of the first field of that name. */
  public @Nullable String get(HeaderName name) {
    int row = find(name, 0);
    return row < 0 ? null : value(row);
  }

  /** As {@link #get(HeaderName)}, for a name that is not known beforehand. */
  public @Nullable String get(String name) {
    return get(HeaderName.of(name));
  }

  /**
   * Copies the value of the first field of that name, for readers that need no string.
   *
   * @param target gets as much of the value as it holds
   * @return the length of the value, which may be more than was copied; -1 where there is no such
   *     field
   */
  public int copy(HeaderName name, byte[] target) {
    int row = find(name, 0);
    if (row < 0) {
      return -1;
    }
    int length = rows[row + VALUE_LENGTH];
    System.arraycopy(bytes, rows[row + VALUE], target, 0, Math.min(length, target.length));
    return length;
  }

  /** The values of all fields of that name, in order. */
  public List<String> all(HeaderName name) {
    int row = find(name, 0);
    if (row < 0) {
      return List.of();
    }
    List<String> values = new ArrayList<>(2);
    for (; row >= 0; row = find(name, row + COLUMNS)) {
      values.add(value(row));
    }
    return values;
  }

  /** How many fields have that name. */
  public int count(HeaderName name) {
    int count = 0;
    for (int row = find(name, 0); row >= 0; row = find(name, row + COLUMNS)) {
      count++;
    }
    return count;
  }

  /** Whether the first field of that name has exactly this value, without regard to case. */
  public boolean valueIs(HeaderName name, String lower) {
    int row = find(name, 0);
    if (row < 0 || rows[row + VALUE_LENGTH] != lower.length()) {
      return false;
    }
    int from = rows[row + VALUE];
    for (int i = 0; i < lower.length(); i++) {
      if (Tokens.lower(bytes[from + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  public void add(HeaderName name, String value) {
    append(name.key(), name.bytes(), latin1(value));
  }

  /** Adds a field that was made as bytes, without a string between. */
  public void add(HeaderName name, byte[] value, int from, int length) {
    int at = reserve(name.bytes().length + length);
    System.arraycopy(name.bytes(), 0, bytes, at, name.bytes().length);
    int valueAt = at + name.bytes().length;
    System.arraycopy(value, from, bytes, valueAt, length);
    row(name.key(), at, name.bytes().length, valueAt, length);
  }

  public void add(String name, String value) {
    byte[] n = latin1(name);
    append(keyOf(n), n, latin1(value));
  }

  /** Puts this field in place of all fields of its name. */
  public void set(HeaderName name, String value) {
    remove(name);
    add(name, value);
  }

  public void remove(HeaderName name) {
    for (int row = find(name, 0); row >= 0; row = find(name, row + COLUMNS)) {
      rows[row] = REMOVED;
      size--;
    }
    if (name.key() >= 0) {
      known &= ~(1L << name.key());
    }
  }

  /** Calls for each field, in order, with its name as it came. */
  public void forEach(BiConsumer<String, String> visitor) {
    for (int row = 0; row < rowsEnd; row += COLUMNS) {
      if (rows[row] != REMOVED) {
        visitor.accept(string(rows[row + NAME], rows[row + NAME_LENGTH]), value(row));
      }
    }
  }

  /** Adds all fields of another message. */
  public void addAll(Headers other) {
    for (int row = 0; row < other.rowsEnd; row += COLUMNS) {
      if (other.rows[row] != REMOVED) {
        int nameLength = other.rows[row + NAME_LENGTH];
        int valueLength = other.rows[row + VALUE_LENGTH];
        int at = reserve(nameLength + valueLength);
        System.arraycopy(other.bytes, other.rows[row + NAME], bytes, at, nameLength);
        System.arraycopy(other.bytes, other.rows[row + VALUE], bytes, at + nameLength, valueLength);
        row(other.rows[row], at, nameLength, at + nameLength, valueLength);
      }
    }
  }

  /** Writes each field as HTTP/1 has it: name, colon, space, value, CR LF (RFC 9112 section 5). */
  public void writeTo(ByteSink out) {
    for (int row = 0; row < rowsEnd; row += COLUMNS) {
      if (rows[row] != REMOVED) {
        out.put(bytes, rows[row + NAME], rows[row + NAME_LENGTH])
            .put(':')
            .put(' ')
            .put(bytes, rows[row + VALUE], rows[row + VALUE_LENGTH])
            .put('\r')
            .put('\n');
      }
    }
  }

  /**
   * Takes in each field as bytes, for encoders of other protocols.
   *
   * @param visitor gets the array that holds both, and where they are; it must not keep the array
   */
  public void forEachBytes(FieldVisitor visitor) {
    for (int row = 0; row < rowsEnd; row += COLUMNS) {
      if (rows[row] != REMOVED) {
        HeaderName name = rows[row] >= 0 ? HeaderName.known(rows[row]) : null;
        visitor.field(
            name,
            bytes,
            rows[row + NAME],
            rows[row + NAME_LENGTH],
            rows[row + VALUE],
            rows[row + VALUE_LENGTH]);
      }
    }
  }

  /** Takes one field as bytes. */
  public interface FieldVisitor {
    /**
     * @param known the name, if it is one that the gateway works with
     */
    void field(
        @Nullable HeaderName known,
        byte[] bytes,
        int name,
        int nameLength,
        int value,
        int valueLength);
  }

  @Override
  public String toString() {
    // Names only: values may be credentials.
    StringBuilder names = new StringBuilder("Headers");
    forEach((name, value) -> names.append(' ').append(name));
    return names.toString();
  }

  // What the parsers of this package use: they read into the array first and then say where fields
  // lie.

  byte[] storage(int capacity) {
    if (bytes.length < capacity) {
      bytes = Arrays.copyOf(bytes, Math.max(capacity, Math.max(1024, bytes.length * 2)));
    }
    return bytes;
  }

  /** Says how much of the storage holds what was read, so that added fields come after it. */
  void storageEnd(int end) {
    this.end = end;
  }

  void row(int key, int name, int nameLength, int value, int valueLength) {
    if (rows.length - rowsEnd < COLUMNS) {
      rows = Arrays.copyOf(rows, Math.max(16 * COLUMNS, rows.length * 2));
    }
    rows[rowsEnd + KEY] = key;
    rows[rowsEnd + NAME] = name;
    rows[rowsEnd + NAME_LENGTH] = nameLength;
    rows[rowsEnd + VALUE] = value;
    rows[rowsEnd + VALUE_LENGTH] = valueLength;
    rowsEnd += COLUMNS;
    size++;
    if (key >= 0) {
      known |= 1L << key;
    }
  }

  private void append(int key, byte[] name, byte[] value) {
    append(key, name, 0, name.length, value, 0, value.length);
  }

  /** Adds a field that lies elsewhere. */
  void append(
      int key,
      byte[] name,
      int nameFrom,
      int nameLength,
      byte[] value,
      int valueFrom,
      int valueLength) {
    int at = reserve(nameLength + valueLength);
    System.arraycopy(name, nameFrom, bytes, at, nameLength);
    System.arraycopy(value, valueFrom, bytes, at + nameLength, valueLength);
    row(key, at, nameLength, at + nameLength, valueLength);
  }

  private int reserve(int count) {
    int at = end;
    storage(at + count);
    end = at + count;
    return at;
  }

  /** The first row from there on that has that name, or -1. */
  private int find(HeaderName name, int from) {
    int key = name.key();
    if (key >= 0) {
      if ((known & (1L << key)) == 0) {
        return -1;
      }
      for (int row = from; row < rowsEnd; row += COLUMNS) {
        if (rows[row] == key) {
          return row;
        }
      }
      return -1;
    }
    byte[] wanted = name.bytes();
    for (int row = from; row < rowsEnd; row += COLUMNS) {
      if (rows[row] == key
          && rows[row + NAME_LENGTH] == wanted.length
          && Tokens.equalsIgnoreCase(wanted, 0, bytes, rows[row + NAME], wanted.length)) {
        return row;
      }
    }
    return -1;
  }

  private static int keyOf(byte[] name) {
    int hash = 0;
    for (byte b : name) {
      hash = HeaderName.step(hash, Tokens.lower(b));
    }
    return HeaderName.key(hash, name, 0, name.length);
  }

  private String value(int row) {
    return string(rows[row + VALUE], rows[row + VALUE_LENGTH]);
  }

  private String string(int from, int length) {
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  private static byte[] latin1(String s) {
    return s.getBytes(StandardCharsets.ISO_8859_1);
  }
}
