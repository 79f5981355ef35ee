package dev.headgate.exchange;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Work that would hold up a loop (public-key cryptography, slow hashes), done on other threads. The
 * node has few of them and a bounded queue.
 */
public interface Offload {
  /**
   * Does something elsewhere and tells on the loop how it went, once; never before it returns.
   *
   * @return false if too much waits already: then nothing is done and nobody is told
   */
  <T> boolean run(Callable<T> work, Listener<T> listener);

  /** Who waits for the result. */
  interface Listener<T> {
    /**
     * @param result null if it failed
     * @param failure null if it did not
     */
    void done(@Nullable T result, @Nullable Exception failure);
  }
}
