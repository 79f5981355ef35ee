package dev.headgate.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * A gateway that runs on this machine, as it wrote itself down in the user's runtime folder, so
 * that {@code headgate reload} finds it.
 *
 * @param started when the process began: tells it from a later one with the same number
 * @param configuration the absolute path of what it serves
 * @param admin host and port of its admin endpoints
 */
record RunningNode(long pid, Instant started, Path configuration, String admin) {
  private static final String SUFFIX = ".node";

  /** The folder of this user's nodes: others cannot write there. */
  static Path folder(Map<String, String> environment) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.isEmpty()
        ? Path.of(
            System.getProperty("java.io.tmpdir"), "headgate-" + System.getProperty("user.name"))
        : Path.of(runtime, "headgate");
  }

  /** This process. */
  static RunningNode current(Path configuration, String admin) {
    ProcessHandle process = ProcessHandle.current();
    return new RunningNode(
        process.pid(), startOf(process), configuration.toAbsolutePath().normalize(), admin);
  }

  /** Writes it down. */
  void write(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Properties facts = new Properties();
    facts.setProperty("started", started.toString());
    facts.setProperty("configuration", configuration.toString());
    facts.setProperty("admin", admin);
    Path file = fileIn(folder);
    Path unfinished = folder.resolve(pid + ".new");
    try (var out = Files.newBufferedWriter(unfinished)) {
      facts.store(out, null);
    }
    Files.move(unfinished, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  void erase(Path folder) {
    try {
      Files.deleteIfExists(fileIn(folder));
    } catch (IOException e) {
      // Left behind, it is known for stale by the time its process began.
    }
  }

  private Path fileIn(Path folder) {
    return folder.resolve(pid + SUFFIX);
  }

  /** Those that are alive; what dead ones left behind is swept away. */
  static List<RunningNode> all(Path folder) throws IOException {
    List<RunningNode> alive = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        Optional<RunningNode> node = read(file).filter(RunningNode::isAlive);
        node.ifPresent(alive::add);
        if (node.isEmpty()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return alive;
  }

  private static Optional<RunningNode> read(Path file) {
    Properties facts = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      facts.load(in);
      String name = file.getFileName().toString();
      return Optional.of(
          new RunningNode(
              Long.parseLong(name.substring(0, name.length() - SUFFIX.length())),
              Instant.parse(facts.getProperty("started", "")),
              Path.of(facts.getProperty("configuration", "")),
              facts.getProperty("admin", "")));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Whether the process is there and is the one that wrote this. */
  boolean isAlive() {
    return ProcessHandle.of(pid).map(process -> startOf(process).equals(started)).orElse(false);
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }
}
