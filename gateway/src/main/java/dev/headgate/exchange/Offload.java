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

  /**
   * Does work on the caller's thread.
   *
   * @return tells the listener how it went; to be run on the listener's loop
   */
  static <T> Runnable attempt(Callable<T> work, Listener<T> listener) {
    T result;
    try {
      result = work.call();
    } catch (Exception e) {
      return () -> listener.done(null, e);
    }
    return () -> listener.done(result, null);
  }

  /** Who waits for the result. */
  interface Listener<T> {
    /**
     * @param result null if it failed
     * @param failure null if it did not
     */
    void done(@Nullable T result, @Nullable Exception failure);
  }
}
