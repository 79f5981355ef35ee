package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.junit.jupiter.api.Test;

class ChunkPositionTest {
  private static final String LINES = "first line\nsecond line\nthird\n";

  @Test
  void goesOnWhereADiskThatWasFullCutIt() throws IOException {
    for (int room = 0; room < LINES.length(); room++) {
      ChunkPosition position = new ChunkPosition();
      position.begin();
      LogChunk chunk = chunk();
      Disk disk = new Disk(room);
      assertThatThrownBy(() -> position.writeRest(chunk, disk)).isInstanceOf(IOException.class);
      disk.room = 1000;
      position.writeRest(chunk, disk);
      assertThat(disk.content.toString()).isEqualTo(LINES);
    }
  }

  @Test
  void beginsTheCutLineAgainWhereTheRestGoesToAnotherFile() throws IOException {
    for (int room = 0; room < LINES.length(); room++) {
      ChunkPosition position = new ChunkPosition();
      position.begin();
      LogChunk chunk = chunk();
      Disk first = new Disk(room);
      assertThatThrownBy(() -> position.writeRest(chunk, first)).isInstanceOf(IOException.class);
      position.backToLineStart(chunk);
      Disk second = new Disk(1000);
      position.writeRest(chunk, second);
      int whole = first.content.lastIndexOf("\n") + 1;
      assertThat(second.content.toString()).isEqualTo(LINES.substring(whole));
    }
  }

  private static LogChunk chunk() {
    LogChunk chunk = new LogChunk(new SpscAtomicArrayQueue<>(2)).prepare();
    byte[] bytes = LINES.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, chunk.bytes, 0, bytes.length);
    chunk.length = bytes.length;
    return chunk;
  }

  /** Takes a few bytes at a time and fails when it is full. */
  private static final class Disk implements LogOutput {
    private final StringBuilder content = new StringBuilder();
    private int room;

    Disk(int room) {
      this.room = room;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      if (room == 0) {
        throw new IOException("No space left on device");
      }
      for (int n = Math.min(3, Math.min(room, bytes.remaining())); n > 0; n--, room--) {
        content.append((char) bytes.get());
      }
    }

    @Override
    public boolean reopen(boolean always) {
      return false;
    }

    @Override
    public void close() {}
  }
}
