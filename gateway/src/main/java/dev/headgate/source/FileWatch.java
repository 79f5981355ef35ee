package dev.headgate.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that files have changed, by looking at them from time to time.
 *
 * <p>Looking is preferred to being told by the system: it sees through symbolic links (a mounted
 * Kubernetes volume swaps a link and touches no file), works on network file systems, and cannot
 * lose events. A look is one stat for each file. A change is reported once two looks in a row see
 * the same, so a file that is being written is left alone until its writer pauses; since a look
 * then lies a whole interval after the last write, a later write has another time than the one
 * seen. A writer that never pauses is not waited for beyond {@value #PATIENCE} looks.
 *
 * <p>Confined to one thread.
 */
final class FileWatch {
  private static final int PATIENCE = 10;

  private final Supplier<List<Path>> files;
  private Map<Path, Stamp> settled;
  private @Nullable Map<Path, Stamp> moving;
  private int looksWhileMoving;

  /**
   * @param files the files to look at, asked for at every look: they may come and go
   */
  FileWatch(Supplier<List<Path>> files) {
    this.files = files;
    this.settled = look();
  }

  /** Looks; true once for each change that has come to rest. */
  boolean changed() {
    Map<Path, Stamp> now = look();
    if (now.equals(settled)) {
      moving = null;
      looksWhileMoving = 0;
      return false;
    }
    looksWhileMoving++;
    if (now.equals(moving) || looksWhileMoving > PATIENCE) {
      settled = now;
      moving = null;
      looksWhileMoving = 0;
      return true;
    }
    moving = now;
    return false;
  }

  /**
   * What tells one content of a file from the next without reading it.
   *
   * @param key the file's identity on its file system, which a replacing rename changes
   */
  private record Stamp(long size, FileTime modified, @Nullable Object key) {
    static final Stamp ABSENT = new Stamp(-1, FileTime.fromMillis(0), null);
  }

  private Map<Path, Stamp> look() {
    Map<Path, Stamp> stamps = new TreeMap<>();
    for (Path file : files.get()) {
      stamps.put(file, stamp(file));
    }
    return stamps;
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(seen.size(), seen.lastModifiedTime(), seen.fileKey());
    } catch (IOException e) {
      return Stamp.ABSENT;
    }
  }
}
