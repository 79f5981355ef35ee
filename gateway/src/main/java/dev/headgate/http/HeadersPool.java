package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import java.util.ArrayDeque;

/**
 * The {@link Headers} of one loop that no message uses at the moment. A connection that waits for
 * its next request holds none, which is most of what keeps an idle connection small.
 */
@LoopConfined
public final class HeadersPool {
  private static final int KEPT = 256;

  private final ArrayDeque<Headers> free = new ArrayDeque<>();

  public Headers take() {
    Headers headers = free.pollLast();
    return headers == null ? new Headers() : headers;
  }

  /** Gives back; nobody may use the headers any more. */
  public void give(Headers headers) {
    if (free.size() < KEPT && headers.storage(0).length <= 16_384) {
      headers.clear();
      free.addLast(headers);
    }
  }
}
