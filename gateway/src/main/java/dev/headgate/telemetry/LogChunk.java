package dev.headgate.telemetry;

import org.jctools.queues.MessagePassingQueue;

/**
 * A piece of the access log: whole lines, filled by one loop, written by the writer thread, and
 * then given back to that loop. It belongs to one thread at a time; the queues it goes through make
 * what one wrote visible to the other.
 */
final class LogChunk {
  static final int SIZE = 64 * 1024;

  /** How many empty chunks keep their memory, for one loop. */
  private static final int WARM = 16;

  private static final byte[] NONE = {};

  private final MessagePassingQueue<LogChunk> home;
  byte[] bytes = NONE;
  int length;
  int lines;

  /**
   * @param home where it goes once it is written
   */
  LogChunk(MessagePassingQueue<LogChunk> home) {
    this.home = home;
  }

  /** Makes it ready to be filled. */
  LogChunk prepare() {
    if (bytes.length == 0) {
      bytes = new byte[SIZE];
    }
    length = 0;
    lines = 0;
    return this;
  }

  /**
   * Gives it back; after a burst without its memory, so that a disk that stalled once does not cost
   * memory for ever.
   */
  void release() {
    if (home.size() >= WARM) {
      bytes = NONE;
    }
    home.relaxedOffer(this);
  }
}
