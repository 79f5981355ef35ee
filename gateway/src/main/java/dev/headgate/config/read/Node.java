package dev.headgate.config.read;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of YAML and where it begins; lines and columns count from 1. */
sealed interface Node {
  int line();

  int column();

  /**
   * One text.
   *
   * @param plain whether it stands without quotes, so that it may be a null of YAML
   */
  record Text(String text, boolean plain, int line, int column) implements Node {
    boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }
  }

  /** A list. */
  record Sequence(List<Node> items, int line, int column) implements Node {}

  /** Something that was dealt with already: whoever meets it says nothing more. */
  record Refused(int line, int column) implements Node {}

  /** A key and its value. */
  record Entry(String key, int line, int column, Node value) {}

  /** A mapping whose keys all differ, in the order of the file. */
  final class Mapping implements Node {
    private static final int SEARCHED = 12; // beyond, an index is quicker than a search

    private final List<Entry> entries;
    private final int line;
    private final int column;
    private @Nullable Map<String, Entry> index;

    Mapping(List<Entry> entries, int line, int column) {
      this.entries = entries;
      this.line = line;
      this.column = column;
    }

    List<Entry> entries() {
      return entries;
    }

    @Override
    public int line() {
      return line;
    }

    @Override
    public int column() {
      return column;
    }

    @Nullable Entry find(String key) {
      if (entries.size() > SEARCHED) {
        return index().get(key);
      }
      for (Entry entry : entries) {
        if (entry.key.equals(key)) {
          return entry;
        }
      }
      return null;
    }

    /** Adds an entry unless its key is there, which is then returned. For the reader only. */
    @Nullable Entry add(Entry entry) {
      Entry before = find(entry.key);
      if (before == null) {
        entries.add(entry);
        if (index != null) {
          index.put(entry.key, entry);
        }
      }
      return before;
    }

    private Map<String, Entry> index() {
      Map<String, Entry> made = index;
      if (made == null) {
        made = new HashMap<>();
        for (Entry entry : entries) {
          made.put(entry.key, entry);
        }
        index = made;
      }
      return made;
    }
  }
}
