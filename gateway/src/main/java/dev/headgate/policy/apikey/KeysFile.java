package dev.headgate.policy.apikey;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes a keys file as a whole or not at all: what it will be is written beside it and takes its
 * place by a rename. Lines that stay, stay as they are, byte by byte. While it is changed it is
 * locked against others who change it like this; gateways read it as ever.
 */
public final class KeysFile {
  private final Path file;

  /**
   * @param file need not be there; a link is followed
   */
  public KeysFile(Path file) throws IOException {
    this.file = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
  }

  /**
   * Adds a key at the end. A file that is not there is made, for its owner's eyes only.
   *
   * @throws IOException if it cannot be, or a line of the file is malformed
   */
  public void add(KeyLine key) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    rewrite(_ -> true, key);
  }

  /**
   * Takes keys out.
   *
   * @throws IOException if it cannot be, or a line of the file is malformed
   */
  public void remove(Predicate<KeyLine> unwanted) throws IOException {
    rewrite(unwanted.negate(), null);
  }

  /** How many keys are such. */
  public int count(Predicate<KeyLine> wanted) throws IOException {
    int count = 0;
    try (KeyLines lines = new KeyLines(Files.newInputStream(file))) {
      while (lines.next()) {
        count += wanted.test(parsed(lines)) ? 1 : 0;
      }
    }
    return count;
  }

  private KeyLine parsed(KeyLines lines) throws IOException {
    try {
      return lines.parsed();
    } catch (KeyLine.Malformed e) {
      throw new IOException(
          "%s:%d: %s; nothing is changed".formatted(file, lines.number(), e.getMessage()), e);
    }
  }

  private void rewrite(Predicate<KeyLine> wanted, @Nullable KeyLine added) throws IOException {
    try (FileChannel _ = locked()) {
      Path next = Files.createTempFile(file.getParent(), "." + file.getFileName() + ".", ".new");
      try {
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
          copy(channel, wanted, added);
          channel.force(true);
        }
        keepOwner(next);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(next);
      }
    }
  }

  private void copy(FileChannel to, Predicate<KeyLine> wanted, @Nullable KeyLine added)
      throws IOException {
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(to));
    try (KeyLines lines = new KeyLines(Files.newInputStream(file))) {
      while (lines.next()) {
        if (wanted.test(parsed(lines))) {
          out.write(lines.bytes());
          out.write('\n');
        }
      }
    }
    if (added != null) {
      out.write(added.text().getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    }
    out.flush();
  }

  /** The file under a lock. Who waited for one finds another file in its place, and asks again. */
  private FileChannel locked() throws IOException {
    while (true) {
      Object wanted = key();
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      channel.lock();
      if (Objects.equals(wanted, key())) {
        return channel;
      }
      channel.close();
    }
  }

  private @Nullable Object key() throws IOException {
    return Files.getAttribute(file, "fileKey") instanceof Object key ? key : null;
  }

  /** The gateway may run as another user, who must be able to read it as before. */
  private void keepOwner(Path next) throws IOException {
    PosixFileAttributeView of = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    PosixFileAttributeView to = Files.getFileAttributeView(next, PosixFileAttributeView.class);
    if (of == null || to == null) {
      return;
    }
    var before = of.readAttributes();
    var now = to.readAttributes();
    if (!before.group().equals(now.group())) {
      to.setGroup(before.group());
    }
    if (!before.owner().equals(now.owner())) {
      to.setOwner(before.owner());
    }
    to.setPermissions(before.permissions());
  }
}
