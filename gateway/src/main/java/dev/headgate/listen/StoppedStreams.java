package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;

/**
 * The streams that were reset last by this side. What the client had sent on them before it heard
 * of the reset still arrives, and is no fault of the client's (RFC 9113 section 5.1).
 */
@LoopConfined
final class StoppedStreams {
  private static final int REMEMBERED = 64;

  private int[] ids = {};
  private int next;

  void add(int id) {
    if (ids.length == 0) {
      ids = new int[REMEMBERED];
    }
    ids[next] = id;
    next = (next + 1) % REMEMBERED;
  }

  boolean contains(int id) {
    for (int remembered : ids) {
      if (remembered == id) {
        return true;
      }
    }
    return false;
  }
}
