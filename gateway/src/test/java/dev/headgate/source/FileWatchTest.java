package dev.headgate.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileWatchTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("a.yaml"), "one");
  }

  private FileWatch watch() {
    return new FileWatch(() -> List.of(file));
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  @Test
  void saysNothingWhileNothingChanges() {
    FileWatch watch = watch();
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isFalse();
  }

  @Test
  void reportsAChangeOnceAfterItHasComeToRest() throws IOException {
    FileWatch watch = watch();
    append("two");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
    assertThat(watch.changed()).isFalse();
  }

  @Test
  void waitsForAWriterThatIsNotDone() throws IOException {
    FileWatch watch = watch();
    append("two");
    assertThat(watch.changed()).isFalse();
    append("three");
    assertThat(watch.changed()).isFalse();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void doesNotWaitForeverForAWriterThatNeverPauses() throws IOException {
    FileWatch watch = watch();
    boolean reported = false;
    for (int look = 0; look < 20 && !reported; look++) {
      append("more");
      reported = watch.changed();
    }
    assertThat(reported).isTrue();
  }

  @Test
  void noticesAFileThatReplacesAnotherOfTheSameSizeAndTime() throws IOException {
    FileWatch watch = watch();
    Path other = Files.writeString(folder.resolve("new"), "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    watch.changed();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void noticesThatALinkToADirectoryIsSwapped() throws IOException {
    Path first = Files.createDirectory(folder.resolve("..1"));
    Path second = Files.createDirectory(folder.resolve("..2"));
    Files.writeString(first.resolve("b.yaml"), "one");
    Files.writeString(second.resolve("b.yaml"), "two");
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    file = Files.createSymbolicLink(folder.resolve("b.yaml"), Path.of("..data", "b.yaml"));
    FileWatch watch = watch();
    Path swapped = Files.createSymbolicLink(folder.resolve("..data_new"), second);
    Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
    watch.changed();
    assertThat(watch.changed()).isTrue();
  }

  @Test
  void noticesThatAFileGoesAndComesBack() throws IOException {
    FileWatch watch = watch();
    Files.delete(file);
    watch.changed();
    assertThat(watch.changed()).isTrue();
    Files.writeString(file, "one");
    watch.changed();
    assertThat(watch.changed()).isTrue();
  }
}
