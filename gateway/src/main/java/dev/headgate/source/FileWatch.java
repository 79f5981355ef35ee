package dev.headgate.source;

import dev.headgate.config.read.FileStamp;
import java.nio.file.Path;
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
  private Map<Path, FileStamp> settled;
  private @Nullable Map<Path, FileStamp> moving;
  private int looksWhileMoving;

  /**
   * @param files the files to look at, asked for at every look: they may come and go
   */
  FileWatch(Supplier<List<Path>> files) {
    this.files = files;
    this.settled = look();
  }

  /**
   * @param settled how the files to look at were when they were read
   */
  FileWatch(Map<Path, FileStamp> settled) {
    this.files = () -> List.copyOf(settled.keySet());
    this.settled = new TreeMap<>(settled);
  }

  /** Looks; true once for each change that has come to rest. */
  boolean changed() {
    Map<Path, FileStamp> now = look();
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

  private Map<Path, FileStamp> look() {
    Map<Path, FileStamp> stamps = new TreeMap<>();
    for (Path file : files.get()) {
      stamps.put(file, FileStamp.of(file));
    }
    return stamps;
  }
}
