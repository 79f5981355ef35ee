package dev.headgate.exchange;

import dev.headgate.config.Store;
import java.util.List;

/**
 * What several nodes share: stores that policies count in. Each question has a bound in time, and a
 * store that does not answer is left alone for a while. Loop-confined.
 */
public interface Stores {
  /**
   * Has a store do something, and tells on the loop what came of it, once; before this returns if
   * the store is not even asked.
   */
  void run(Command command, Listener listener);

  /** Who waits for the answer. */
  @FunctionalInterface
  interface Listener {
    void answered(Answer answer);
  }

  /**
   * A store that the configuration names. Whoever says the same uses the same connection.
   *
   * @param config with paths that are absolute
   */
  record Place(String name, Store config) {}

  /**
   * What a store is to do.
   *
   * @param keys what is touched
   * @param numbers what the script gets besides
   */
  record Command(Place place, StoreScript script, List<String> keys, long[] numbers) {}

  /** What came of it. */
  sealed interface Answer {
    /** The numbers that the script gave. */
    record Told(long[] numbers) implements Answer {}

    /** No answer, or an error: it may have been done or not. */
    record Failed(String why) implements Answer {}
  }

  /** Where there is no network. */
  Stores NONE = (_, listener) -> listener.answered(new Answer.Failed("there is no network here"));
}
