package dev.headgate.store;

import dev.headgate.exchange.Stores;

/** Who asks one node of several, and wants to know if another one is to be asked. Loop-confined. */
interface Redirected extends Stores.Listener {
  /**
   * Instead of an answer.
   *
   * @param asking whether that holds for this once, and the other must be told so
   * @param to host and port
   */
  void redirected(boolean asking, String to);
}
