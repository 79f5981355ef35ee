package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.BadMessage;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What arrives on one stream: passed on at once if it is wanted, else kept here.
 *
 * <p>The bytes of what is kept are not given back to the peer's window before the taker has them,
 * so it is never more than one window. The end waits in the same line. Bytes are counted against
 * the length that was announced.
 */
@LoopConfined
public final class IncomingBody {
  private static final long UNSTATED = -1;

  /** Whom it is for. */
  public interface Taker {
    /** Takes a piece over. */
    void take(ByteBuf data);

    /** There is nothing more. */
    void takeEnd(@Nullable Headers trailers);

    /** That many bytes, which had been kept, were taken. */
    void taken(int count);
  }

  private final Taker taker;
  private long left = UNSTATED;
  private @Nullable ArrayDeque<ByteBuf> kept;
  private boolean wanted;
  private boolean ended;
  private boolean endTaken;
  private boolean delivering;
  private @Nullable Headers trailers;

  public IncomingBody(Taker taker, boolean wanted) {
    this.taker = taker;
    this.wanted = wanted;
  }

  /** Says how long the body will be. */
  public void announce(long length) {
    left = length;
  }

  /**
   * Takes in a piece.
   *
   * @return how many of its bytes are dealt with already
   * @throws BadMessage if it is more or less than was announced
   */
  public int data(ByteBuf data, boolean end) throws BadMessage {
    int count = data.readableBytes();
    if (left != UNSTATED) {
      left -= count;
      if (left < 0) {
        throw wrongLength();
      }
    }
    checkEnd(end);
    boolean now = wanted && !delivering && (kept == null || kept.isEmpty());
    if (count > 0) {
      if (now) {
        taker.take(data.retain());
      } else {
        keep(data.retain());
      }
    }
    if (end) {
      ended = true;
      deliver();
    }
    return now ? count : 0;
  }

  /** Takes in the trailers, which are the end. */
  public void trailers(@Nullable Headers fields) throws BadMessage {
    checkEnd(true);
    trailers = fields;
    ended = true;
    deliver();
  }

  private void checkEnd(boolean end) throws BadMessage {
    if (end && left > 0) {
      throw wrongLength();
    }
  }

  private static BadMessage wrongLength() {
    return new BadMessage(
        400, "framing.length", "a body that is not as long as Content-Length says");
  }

  private void keep(ByteBuf data) {
    ArrayDeque<ByteBuf> queue = kept;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      kept = queue;
    }
    queue.addLast(data);
  }

  public boolean wanted() {
    return wanted;
  }

  /**
   * Starts or pauses the delivery.
   *
   * @return whether something was delivered that had been kept
   */
  public boolean want(boolean now) {
    wanted = now;
    boolean waiting = (ended && !endTaken) || (kept != null && !kept.isEmpty());
    if (!now || !waiting || delivering) {
      return false;
    }
    deliver();
    return true;
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (wanted && kept != null && !kept.isEmpty()) {
      ByteBuf data = kept.removeFirst();
      int count = data.readableBytes();
      taker.take(data);
      taker.taken(count);
    }
    delivering = false;
    if (ended && !endTaken && wanted && (kept == null || kept.isEmpty())) {
      endTaken = true;
      taker.takeEnd(trailers);
    }
  }

  /** Whether the end has arrived, taken or not. */
  public boolean ended() {
    return ended;
  }

  /** Whether the taker has been told of the end. */
  public boolean endTaken() {
    return endTaken;
  }

  /** Drops what is kept: nobody wants it any more. */
  public void release() {
    endTaken = true;
    ArrayDeque<ByteBuf> queue = kept;
    if (queue != null) {
      kept = null;
      queue.forEach(ByteBuf::release);
    }
  }
}
