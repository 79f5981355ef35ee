package dev.headgate.exchange;

/**
 * A behaviour on a route, on one loop. It sees the world only through the {@link Exchange} and the
 * {@link Loop} that it was made with, does no I/O and never blocks. Loop-confined: an instance
 * belongs to one thread and needs no lock.
 */
public interface Policy {
  /** Decides about a request when its stage has come. */
  default Decision onRequest(Exchange exchange) {
    return Decision.CONTINUE;
  }

  /**
   * Makes the request fit for the upstream. Called only if {@link #onRequest} was and the request
   * goes on, and not in report mode, which changes nothing.
   */
  default void forward(Exchange exchange) {}

  /**
   * Changes the head of the answer, {@link Exchange#responseHeaders}, whoever made it. Called only
   * if {@link #onRequest} was, and not in report mode, which changes nothing.
   */
  default void onResponse(Exchange exchange) {}

  /** The request has ended, answered or not. Called once, only if {@link #onRequest} was. */
  default void onEnd(Exchange exchange) {}

  /** No snapshot uses this instance any more: lets go of timers. Requests may still come. */
  default void close() {}
}
