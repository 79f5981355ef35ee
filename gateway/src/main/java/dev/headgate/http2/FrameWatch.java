package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Sees every frame that comes in: whether the peer is in the middle of sending a header block, so
 * that one that trickles in, in small or in many frames, can be timed out; and whether it floods
 * the connection with frames that carry nothing.
 *
 * <p>The library's reader keeps both to itself: it does not tell of frames for streams that are
 * closed, nor of those that only continue a header block. But it takes bytes only as whole frame
 * headers and whole payloads, so walking along what it took, nine bytes for each frame, shows the
 * same.
 */
@LoopConfined
public final class FrameWatch {
  private static final int FRAME_HEADER = 9;
  private static final int ACK = 0x1;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private final FrameBudget budget;

  private boolean inPayload;
  private int payload;
  private boolean headOpen;
  private boolean lastFragment;

  public FrameWatch(FrameBudget budget) {
    this.budget = budget;
  }

  /** Whether a header block has begun and not ended. */
  public boolean headOpen() {
    return headOpen;
  }

  /**
   * Walks along what the reader took.
   *
   * @param from where the reader was before
   * @param to where it is now
   * @param nanos the monotonic time now
   * @return whether the frames are within the budget
   */
  public boolean taken(ByteBuf in, int from, int to, long nanos) {
    boolean within = true;
    int at = from;
    while (at < to) {
      if (inPayload) {
        at += payload;
        inPayload = false;
        endOfFrame();
      } else if (to - at < FRAME_HEADER) {
        // The reader gave up on what comes after: the connection is being closed.
        return within;
      } else {
        payload = in.getUnsignedMedium(at);
        within &= frame(in.getByte(at + 3), in.getByte(at + 4), nanos);
        at += FRAME_HEADER;
        if (payload == 0) {
          endOfFrame();
        } else {
          inPayload = true;
        }
      }
    }
    return within;
  }

  private boolean frame(byte type, byte flags, long nanos) {
    switch (type) {
      case Http2FrameTypes.HEADERS, Http2FrameTypes.CONTINUATION -> {
        headOpen = true;
        lastFragment = (flags & END_HEADERS) != 0;
        budget.earn();
        return true;
      }
      case Http2FrameTypes.DATA -> {
        if (payload == 0 && (flags & END_STREAM) == 0) {
          return budget.spend(nanos);
        }
        budget.earn();
        return true;
      }
      case Http2FrameTypes.PING, Http2FrameTypes.SETTINGS -> {
        return (flags & ACK) != 0 || budget.spend(nanos);
      }
      default -> {
        return budget.spend(nanos);
      }
    }
  }

  private void endOfFrame() {
    if (headOpen && lastFragment) {
      headOpen = false;
      lastFragment = false;
    }
  }
}
