package dev.headgate.retry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A copy of what has been sent of a request's body, for another attempt. It is a copy, as the
 * pieces themselves may keep many times their size in memory, and it grows with what comes: who
 * announces much and sends little holds little.
 *
 * <p>What is too large, or finds no memory, is lost: the request is sent once.
 */
@LoopConfined
public final class ReplayBody {
  /** Why a body is not kept. */
  public enum Loss {
    TOO_LARGE("too_large"),
    NO_MEMORY("no_memory");

    private final String word;

    Loss(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  private static final int LEAST = 256;

  private final ReplayMemory memory;
  private final int most;
  private @Nullable ByteBuf bytes;
  private int taken;
  private boolean complete;
  private @Nullable Headers trailers;

  /**
   * @param most how many bytes may be kept
   */
  public ReplayBody(ReplayMemory memory, int most) {
    this.memory = memory;
    this.most = most;
  }

  /**
   * Keeps a copy of a piece that is about to be sent.
   *
   * @return why nothing is kept from now on; null if all is well
   */
  public @Nullable Loss keep(ByteBuf piece) {
    int before = bytes == null ? 0 : bytes.writerIndex();
    int size = before + piece.readableBytes();
    if (size > most) {
      return Loss.TOO_LARGE;
    }
    if (size > taken && !grow(piece, size)) {
      return Loss.NO_MEMORY;
    }
    if (bytes != null) {
      bytes.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    }
    return null;
  }

  /** Into another buffer, as the transport may still be reading from this one. */
  private boolean grow(ByteBuf piece, int size) {
    int wanted = Math.min(most, Math.max(size, Math.max(LEAST, 2 * taken)));
    if (!memory.take(wanted)) {
      return false;
    }
    ByteBuf larger = piece.alloc().buffer(wanted, wanted);
    ByteBuf old = bytes;
    if (old != null) {
      larger.writeBytes(old, 0, old.writerIndex());
      release();
    }
    bytes = larger;
    taken = wanted;
    return true;
  }

  /** The body is complete. */
  public void end(@Nullable Headers last) {
    complete = true;
    trailers = last;
  }

  /** What was kept, for the taker to release; null if there is nothing. */
  public @Nullable ByteBuf copy() {
    return bytes == null ? null : bytes.retainedDuplicate();
  }

  /** Whether nothing more comes. */
  public boolean complete() {
    return complete;
  }

  public @Nullable Headers trailers() {
    return trailers;
  }

  /** It is not needed any more. */
  public void close() {
    release();
  }

  private void release() {
    ByteBuf old = bytes;
    if (old != null) {
      bytes = null;
      old.release();
      memory.give(taken);
      taken = 0;
    }
  }
}
