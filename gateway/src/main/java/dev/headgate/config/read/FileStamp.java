package dev.headgate.config.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells one content of a file from the next without reading it.
 *
 * @param size -1 if there is no file
 * @param key the file's identity on its file system, which a replacing rename changes
 */
public record FileStamp(long size, FileTime modified, @Nullable Object key) {
  private static final FileStamp ABSENT = new FileStamp(-1, FileTime.fromMillis(0), null);

  /** How a file is now. */
  public static FileStamp of(Path file) {
    try {
      BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileStamp(seen.size(), seen.lastModifiedTime(), seen.fileKey());
    } catch (IOException e) {
      return ABSENT;
    }
  }
}
