package dev.headgate.store;

import dev.headgate.exchange.Stores;

/** One store as one loop asks it. Loop-confined. */
interface LoopStore {
  /** Connects before somebody asks, so that whoever asks first need not wait for it. */
  void begin();

  /** As {@link Stores#run}. */
  void run(Stores.Command command, Stores.Listener listener);

  /** Nobody will ask any more: closes once all is answered. */
  void retire();
}
