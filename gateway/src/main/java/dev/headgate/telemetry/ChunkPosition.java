package dev.headgate.telemetry;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How far the chunk that is being written has got, so that no line is torn when writing fails. The
 * writer thread's.
 */
final class ChunkPosition {
  private int written;

  /** The next chunk begins. */
  void begin() {
    written = 0;
  }

  /** Writes the rest of the chunk; goes on from where it was cut if it was. */
  void writeRest(LogChunk chunk, LogOutput output) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(chunk.bytes, written, chunk.length - written);
    while (rest.hasRemaining()) {
      output.write(rest);
      if (rest.position() == written) {
        throw new IOException("the output takes nothing at the moment");
      }
      written = rest.position();
    }
  }

  /** The rest will go to another file: the line that was cut is written there as a whole. */
  void backToLineStart(@Nullable LogChunk chunk) {
    while (chunk != null && written > 0 && chunk.bytes[written - 1] != '\n') {
      written--;
    }
  }
}
