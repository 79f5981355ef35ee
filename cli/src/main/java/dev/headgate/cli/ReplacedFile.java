package dev.headgate.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;

/**
 * A file that gets another content as a whole or not at all: who reads it sees the one or the
 * other. Permissions stay, and so do the owner and the group where the system lets them.
 *
 * @param file what links lead to
 */
record ReplacedFile(Path file, byte[] before) {

  static ReplacedFile of(Path file) throws IOException {
    Path real = file.toRealPath();
    return new ReplacedFile(real, Files.readAllBytes(real));
  }

  /** Writes the new content, if the file is still as it was. */
  void write(byte[] content) throws IOException {
    replace(before, content);
  }

  /** Takes that back, if nobody has changed the file since. */
  void restore(byte[] written) throws IOException {
    replace(written, before);
  }

  private void replace(byte[] expected, byte[] content) throws IOException {
    Path next = Files.createTempFile(file.getParent(), "." + file.getFileName() + ".", ".new");
    try {
      try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      keepOwner(next);
      if (!Arrays.equals(Files.readAllBytes(file), expected)) {
        throw new IOException("somebody else is changing " + file + "; it was left as it is");
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  private void keepOwner(Path next) throws IOException {
    PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
    PosixFileAttributes made = view.readAttributes();
    if (!made.owner().equals(old.owner())) {
      view.setOwner(old.owner());
    }
    if (!made.group().equals(old.group())) {
      view.setGroup(old.group());
    }
    view.setPermissions(old.permissions());
  }
}
