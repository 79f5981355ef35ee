package dev.headgate.telemetry;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the access log goes. Only the writer thread uses it. */
interface LogOutput {
  /** Writes some or all of the bytes. */
  void write(ByteBuffer bytes) throws IOException;

  /**
   * Closes it if it is no longer the place to write to; the next write opens it again.
   *
   * @param always whether somebody asked for it
   * @return whether it was closed, so that a line that was cut must be written again as a whole
   */
  boolean reopen(boolean always) throws IOException;

  void close() throws IOException;

  /** The process's standard output; it is never closed. */
  final class Stdout implements LogOutput {
    private final FileChannel channel = new FileOutputStream(FileDescriptor.out).getChannel();

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      channel.write(bytes);
    }

    @Override
    public boolean reopen(boolean always) {
      return false;
    }

    @Override
    public void close() {}
  }

  /**
   * A file, written at its end. It is opened at the first write, readable by owner and group only
   * if it is new, as it holds addresses of people.
   */
  final class ToFile implements LogOutput {
    private final Path path;
    private @Nullable FileChannel channel;
    private @Nullable Object key;

    ToFile(Path path) {
      this.path = path;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      FileChannel open = channel;
      if (open == null) {
        open =
            FileChannel.open(
                path,
                Set.of(
                    StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                permissions());
        channel = open;
        key = keyOfPath();
      }
      open.write(bytes);
    }

    /**
     * Also closes it when the path no longer leads to the open file: whoever rotates logs has moved
     * or removed it.
     */
    @Override
    public boolean reopen(boolean always) throws IOException {
      if (channel == null || (!always && Objects.equals(key, keyOfPath()))) {
        return false;
      }
      close();
      return true;
    }

    @Override
    public void close() throws IOException {
      FileChannel open = channel;
      channel = null;
      if (open != null) {
        open.close();
      }
    }

    /** What tells this file from another one at the same path; null where there is none. */
    private @Nullable Object keyOfPath() throws IOException {
      try {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      } catch (NoSuchFileException e) {
        return null;
      }
    }

    private static FileAttribute<?>[] permissions() {
      return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
          ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
          }
          : new FileAttribute<?>[0];
    }
  }
}
