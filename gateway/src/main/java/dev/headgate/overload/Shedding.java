package dev.headgate.overload;

import dev.headgate.config.Priority;

/** Who is turned away because more comes than can be done. Loop-confined. */
public interface Shedding {
  /** Turns nobody away. */
  Shedding NONE =
      new Shedding() {
        @Override
        public boolean active(long startNanos) {
          return false;
        }

        @Override
        public boolean wouldShed(Priority priority, long startNanos) {
          return false;
        }

        @Override
        public boolean sheds(Priority priority, long startNanos) {
          return false;
        }
      };

  /**
   * Whether anybody is turned away now; else there is nothing more to ask.
   *
   * @param startNanos when the request began
   */
  boolean active(long startNanos);

  /**
   * Whether a request with that priority would be turned away. One that is not with one priority is
   * not with a higher one either.
   *
   * @param startNanos when the request began; it is also what tells it from others
   */
  boolean wouldShed(Priority priority, long startNanos);

  /** The same, and counted. Once for each request. */
  boolean sheds(Priority priority, long startNanos);
}
