package dev.headgate.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateWatchTest {
  @TempDir Path directory;
  private final CertificateWatch watch = new CertificateWatch(new ManualClock());
  private final Owner owner = new Owner();

  private final class Owner implements Watched {
    int reloads;
    int ticks;

    @Override
    public Set<Path> files() {
      return Set.of(directory.resolve("chain"), directory.resolve("key"));
    }

    @Override
    public void reload(Instant now) {
      reloads++;
    }

    @Override
    public void tick(Instant now) {
      ticks++;
    }
  }

  @BeforeEach
  void begin() throws IOException {
    write("chain", "one");
    write("key", "one");
    watch.add(owner);
  }

  @AfterEach
  void end() {
    watch.close();
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(directory.resolve(name), content);
  }

  private int reloadsAfterLooks(int looks) {
    for (int i = 0; i < looks; i++) {
      watch.look();
    }
    return owner.reloads;
  }

  @Test
  void tellsNothingWhileNothingChanges() {
    assertThat(reloadsAfterLooks(3)).isZero();
    assertThat(owner.ticks).isEqualTo(3);
  }

  @Test
  void tellsOnceWhenAChangeHasSettled() throws IOException {
    write("chain", "two");
    assertThat(reloadsAfterLooks(1)).isZero();
    assertThat(reloadsAfterLooks(1)).isEqualTo(1);
    assertThat(reloadsAfterLooks(3)).isEqualTo(1);
  }

  @Test
  void waitsForTheKeyThatFollowsItsChain() throws IOException {
    write("chain", "two");
    watch.look();
    write("key", "two");
    assertThat(reloadsAfterLooks(1)).isZero();
    assertThat(reloadsAfterLooks(1)).isEqualTo(1);
  }

  @Test
  void doesNotCareForANewTimeOnTheSameContent() throws IOException {
    Files.setLastModifiedTime(directory.resolve("chain"), FileTime.fromMillis(1));
    assertThat(reloadsAfterLooks(3)).isZero();
  }

  @Test
  void seesContentOfTheSameSizeMovedInItsPlace() throws IOException {
    write("new", "two");
    Files.setLastModifiedTime(
        directory.resolve("new"), Files.getLastModifiedTime(directory.resolve("chain")));
    Files.move(
        directory.resolve("new"), directory.resolve("chain"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(reloadsAfterLooks(2)).isEqualTo(1);
  }

  @Test
  void seesASymbolicLinkSwapped() throws IOException {
    Path first = Files.createDirectory(directory.resolve("..1"));
    Path second = Files.createDirectory(directory.resolve("..2"));
    Files.writeString(first.resolve("chain"), "one");
    Files.writeString(second.resolve("chain"), "two");
    Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
    Files.delete(directory.resolve("chain"));
    Files.createSymbolicLink(directory.resolve("chain"), data.resolve("chain"));
    assertThat(reloadsAfterLooks(2)).isZero();

    Path swapped = Files.createSymbolicLink(directory.resolve("..tmp"), second);
    Files.move(swapped, data, StandardCopyOption.REPLACE_EXISTING);
    assertThat(reloadsAfterLooks(2)).isEqualTo(1);
  }

  @Test
  void tellsOfAFileThatGoesAndOfOneThatComes() throws IOException {
    Files.delete(directory.resolve("key"));
    assertThat(reloadsAfterLooks(2)).isEqualTo(1);
    write("key", "two");
    assertThat(reloadsAfterLooks(2)).isEqualTo(2);
  }

  @Test
  void tellsNothingToAnOwnerThatWasRemoved() throws IOException {
    watch.remove(owner);
    write("chain", "two");
    assertThat(reloadsAfterLooks(3)).isZero();
    assertThat(owner.ticks).isZero();
  }
}
