package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What was found where the tokens lie. */
sealed interface Found {
  /**
   * Whether there were enough.
   *
   * @param key whose tokens they are, on this node
   * @param sharedKey and in the store; empty without one
   * @param left what is left for each rate: how long it would have needed to come, in nanoseconds;
   *     0 or less if there is none
   * @param fullest the rate that has longest to wait for; -1 if none has
   * @param due for how long, in nanoseconds; 0 if none has
   * @param taken whether tokens were taken: at once, or on credit
   */
  record Taking(long key, String sharedKey, long[] left, int fullest, long due, boolean taken)
      implements Found {
    /** There was enough. */
    static Taking enough(long key, String sharedKey, long[] left) {
      return new Taking(key, sharedKey, left, -1, 0, true);
    }
  }

  /**
   * The store does not answer, and then nobody may pass.
   *
   * @param why for the operator
   */
  record Away(String why) implements Found {}

  /** It is not known yet. */
  @LoopConfined
  final class Later implements Found {
    private @Nullable Found found;
    private @Nullable Consumer<Found> waiting;

    /** Says what was found; once. */
    void complete(Found now) {
      found = now;
      if (waiting != null) {
        waiting.accept(now);
      }
    }

    /** Has somebody told, who comes before it is known. */
    void then(Consumer<Found> told) {
      waiting = told;
    }

    /** What was found if it is known already; else itself. */
    Found now() {
      return found != null ? found : this;
    }
  }
}
