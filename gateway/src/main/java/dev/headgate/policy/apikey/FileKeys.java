package dev.headgate.policy.apikey;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.Preparation;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that stand in a file of their own. */
final class FileKeys {
  private static final String FIELD = "keysFile";
  private static final int MOST_KEYS = 10_000_000;
  private static final int MOST_PROBLEMS = 20;

  private final String path;
  private final Preparation preparation;
  private final KeyTable others;
  private final KeyTable.Builder keys = new KeyTable.Builder();
  private int problems;

  private FileKeys(String path, Preparation preparation, KeyTable others) {
    this.path = path;
    this.preparation = preparation;
    this.others = others;
  }

  /**
   * Reads a file.
   *
   * @param others keys that must not stand there again
   * @return null after reporting problems
   */
  static @Nullable KeyTable read(String path, Preparation preparation, KeyTable others) {
    return new FileKeys(path, preparation, others).read();
  }

  private @Nullable KeyTable read() {
    Map<String, Consumer> consumers = preparation.consumers();
    try (KeyLines lines = new KeyLines(preparation.open(path))) {
      while (problems < MOST_PROBLEMS && lines.next()) {
        try {
          String problem = problem(lines.parsed(), consumers);
          if (problem != null) {
            report(lines, problem);
          }
        } catch (KeyLine.Malformed e) {
          report(lines, String.valueOf(e.getMessage()));
        }
      }
    } catch (NoSuchFileException e) {
      preparation.error(FIELD, "there is no file " + path, "'headgate keys create' makes one");
      return null;
    } catch (IOException e) {
      preparation.error(FIELD, path + " cannot be read: " + e.getMessage(), "");
      return null;
    }
    return problems > 0 ? null : keys.build(path, ConsumersKeys.uses(preparation));
  }

  /** Takes in a key; null if nothing is wrong with it. */
  private @Nullable String problem(KeyLine line, Map<String, Consumer> consumers) {
    if (!line.groups().isEmpty() && consumers.containsKey(line.consumer())) {
      return line.consumer() + " is under 'consumers': its groups stand there";
    }
    if (keys.size() == MOST_KEYS) {
      return "more than " + MOST_KEYS + " keys";
    }
    byte[] hash = line.hash();
    int same = others.find(hash);
    if (same != KeyTable.NONE) {
      return "the key is the same as one under 'consumers': " + named(others.key(same));
    }
    same = keys.add(hash, line.key());
    return same == KeyTable.NONE
        ? null
        : "the key is the same as one before: " + named(keys.at(same));
  }

  private static String named(KeyRecord key) {
    return key.id() + " of " + key.consumer();
  }

  private void report(KeyLines lines, String problem) {
    problems++;
    preparation.error(FIELD, path + ":" + lines.number() + ": " + problem, "");
  }
}
