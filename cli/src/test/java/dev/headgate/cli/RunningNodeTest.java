package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningNodeTest {
  @TempDir private Path parent;

  private Path folder() {
    return parent.resolve("nodes");
  }

  @Test
  void findsWhatWasWrittenDown() throws IOException {
    RunningNode node = RunningNode.current(Path.of("a.yaml"), "127.0.0.1:9901");
    node.write(folder());
    assertThat(RunningNode.all(folder())).containsExactly(node);
    node.erase(folder());
    assertThat(RunningNode.all(folder())).isEmpty();
  }

  @Test
  void isNotFooledByALaterProcessWithTheSameNumber() throws IOException {
    RunningNode self = RunningNode.current(Path.of("a.yaml"), "");
    Instant earlier = self.started().minusSeconds(60);
    new RunningNode(self.pid(), earlier, self.configuration(), "").write(folder());
    assertThat(RunningNode.all(folder())).isEmpty();
    assertThat(folder()).isEmptyDirectory();
  }

  @Test
  void ignoresWhatItCannotRead() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("x.node"), "nonsense");
    assertThat(RunningNode.all(folder())).isEmpty();
  }

  @Test
  void findsNothingWhereNothingEverRan() throws IOException {
    assertThat(RunningNode.all(folder())).isEqualTo(List.of());
  }
}
