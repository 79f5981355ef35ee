package dev.headgate.config;

/** Knows where in the files each path of a configuration was written. */
public interface Places {
  /**
   * Where a path was written, or, for what was left out, the nearest thing around it that was.
   *
   * @param path as in {@code routes.orders.to[0].weight}; empty for the whole configuration
   */
  Place at(String path);

  /** Whether something was written at this path, be it right or wrong. */
  boolean has(String path);

  /** The same text with every resolved secret in it replaced by its reference. */
  String masked(String text);

  /** Of no file: for problems that bring their own places. */
  Places NONE =
      new Places() {
        @Override
        public Place at(String path) {
          return new Place("", 1, 1);
        }

        @Override
        public boolean has(String path) {
          return false;
        }

        @Override
        public String masked(String text) {
          return text;
        }
      };
}
