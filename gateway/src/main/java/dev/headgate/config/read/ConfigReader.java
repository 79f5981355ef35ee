package dev.headgate.config.read;

import dev.headgate.config.Config;
import dev.headgate.config.Place;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.ConfigChecks;
import dev.headgate.config.shape.Field;
import dev.headgate.config.shape.Kinds;
import dev.headgate.config.shape.Shape;
import dev.headgate.config.shape.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration: one file, or all {@code .yaml} and {@code .yml} files of a directory,
 * merged. Whatever is written there, the answer is a {@link Reading}, never an exception.
 *
 * <p>Remembers what it read: a file that has not changed is not parsed again, and a listener,
 * upstream or route that has not changed is the same object as before, by which later steps know
 * that they need not compile it again. Confined to one thread.
 */
public final class ConfigReader {
  /** The most that all files together may have, in bytes. */
  static final int LARGEST = 64 << 20;

  private final Kinds kinds;
  private final Struct shape;
  private final Secrets secrets;
  private Map<String, Part> before = Map.of();
  private @Nullable Config last;

  /**
   * @param kinds the kinds of policies and credentials that there are
   */
  public ConfigReader(Kinds kinds, Secrets secrets) {
    this.kinds = kinds;
    this.shape = kinds.config();
    this.secrets = secrets;
  }

  /** Reads a file, or the files of a directory (not of those below it). */
  public Reading read(Path fileOrDirectory) {
    return read(fileOrDirectory, Map.of());
  }

  /**
   * The same, as if some files had another content.
   *
   * @param instead by the file's name as places have it
   */
  public Reading read(Path fileOrDirectory, Map<String, byte[]> instead) {
    boolean directory = Files.isDirectory(fileOrDirectory);
    Path parent = fileOrDirectory.toAbsolutePath().getParent();
    Path folder = directory || parent == null ? fileOrDirectory : parent;
    Sources sources = new Sources(fileOrDirectory.toString(), folder);
    Problems problems = new Problems(sources);
    SequencedMap<String, byte[]> contents = new LinkedHashMap<>();
    for (Path file : directory ? filesIn(fileOrDirectory, problems) : List.of(fileOrDirectory)) {
      load(file, contents, problems);
    }
    contents.replaceAll((name, content) -> instead.getOrDefault(name, content));
    return read(contents, sources, problems);
  }

  /** Reads texts as if they were files. */
  public Reading read(SequencedMap<String, String> textsByName) {
    Sources sources = new Sources("configuration", Path.of(""));
    SequencedMap<String, byte[]> contents = new LinkedHashMap<>();
    textsByName.forEach((name, text) -> contents.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return read(contents, sources, new Problems(sources));
  }

  /** Reads a text as if it were a file of this name. */
  public Reading read(String name, String text) {
    return read(new TreeMap<>(Map.of(name, text)));
  }

  private static List<Path> filesIn(Path directory, Problems problems) {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> files = entries.filter(ConfigReader::isConfiguration).sorted().toList();
      if (files.isEmpty()) {
        problems.error("", "no .yaml or .yml file in this directory");
      }
      return files;
    } catch (IOException e) {
      problems.error("", "the directory cannot be read: " + reason(e));
      return List.of();
    }
  }

  private static boolean isConfiguration(Path path) {
    String name = path.getFileName().toString();
    return !name.startsWith(".")
        && (name.endsWith(".yaml") || name.endsWith(".yml"))
        && !Files.isDirectory(path);
  }

  private static void load(Path file, Map<String, byte[]> contents, Problems problems) {
    Place place = new Place(file.toString(), 1, 1);
    long size = contents.values().stream().mapToLong(content -> content.length).sum();
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        problems.add(Severity.ERROR, place, "", "this is not a file", "");
        return;
      }
      byte[] content;
      try (var in = Files.newInputStream(file)) {
        content = in.readNBytes((int) (LARGEST - size) + 1);
      }
      if (size + content.length > LARGEST) {
        problems.add(Severity.ERROR, place, "", "more than " + (LARGEST >> 20) + "MiB in all", "");
        return;
      }
      contents.put(file.toString(), content);
    } catch (IOException e) {
      problems.add(Severity.ERROR, place, "", "cannot be read: " + reason(e), "");
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException
        ? "there is no such file"
        : Shown.shortened(String.valueOf(e.getMessage()));
  }

  private Reading read(Map<String, byte[]> contents, Sources sources, Problems problems) {
    Map<String, Part> parts = new HashMap<>();
    contents.forEach((name, content) -> {
      Part part = part(name, content, sources);
      parts.put(name, part);
      sources.add(part);
      problems.addAll(part.problems());
    });
    Config config = merge(sources, problems);
    if (!contents.isEmpty() && parts.values().stream().allMatch(Part::whole)) {
      // Were a file missing, half of what is checked here would be its absence.
      ConfigChecks.check(config, kinds, sources, problems);
    }
    before = parts;
    if (problems.hasErrors()) {
      return new Reading.Refused(problems);
    }
    last = config;
    return new Reading.Accepted(config, sources, problems);
  }

  private Part part(String name, byte[] content, Sources sources) {
    Part known = before.get(name);
    if (known != null && known.source().hasContent(content) && known.references().unchanged()) {
      return known;
    }
    References references = new References(secrets, sources.folder());
    return Part.read(new Source(name, content), shape, references);
  }

  private Config merge(Sources sources, Problems problems) {
    List<Field> fields = shape.fields();
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      Field field = fields.get(i);
      Merge merge = new Merge(field.name(), sources, problems);
      values[i] =
          field.shape() instanceof Shape.MapOf
              ? merge.maps(
                  last != null && shape.value(last, i) instanceof Map<?, ?> map ? map : Map.of())
              : merge.single(field.whenAbsent());
    }
    return (Config) shape.create(values);
  }

  /** Puts together what the files have under one top-level key. */
  private record Merge(String key, Sources sources, Problems problems) {
    @Nullable Object single(@Nullable Object whenAbsent) {
      Part holder = null;
      for (Part part : sources.parts()) {
        if (part.values().containsKey(key)) {
          if (holder == null) {
            holder = part;
          } else {
            twice(key, holder, part);
          }
        }
      }
      Object value = holder == null ? whenAbsent : holder.values().get(key);
      return value == Binder.FAILED ? whenAbsent : value;
    }

    Map<Object, Object> maps(Map<?, ?> previous) {
      Map<Object, Object> merged = new LinkedHashMap<>();
      Map<Object, Part> holders = new HashMap<>();
      for (Part part : sources.parts()) {
        if (part.values().get(key) instanceof Map<?, ?> map) {
          for (Map.Entry<?, ?> entry : map.entrySet()) {
            Part holder = holders.putIfAbsent(entry.getKey(), part);
            if (holder == null) {
              Object old = previous.get(entry.getKey());
              boolean same = entry.getValue().equals(old);
              merged.put(entry.getKey(), same ? old : entry.getValue());
            } else {
              twice(key + "." + entry.getKey(), holder, part);
            }
          }
        }
      }
      return Collections.unmodifiableMap(merged);
    }

    private void twice(String path, Part first, Part second) {
      problems.add(
          Severity.ERROR,
          Sources.follow(second.source(), path).place(),
          path,
          "written in two files",
          "the other is at " + Sources.follow(first.source(), path).place());
    }
  }
}
