package dev.headgate.route;

/** Why routes cannot be served together. */
public sealed interface RouteProblem {
  /** The name of the route to show the problem at. */
  String route();

  /** For people, without a full stop. */
  String message();

  /** For people: what to do about it. */
  String hint();

  /**
   * Two routes take the same requests and none is more specific.
   *
   * @param other the other route's name
   * @param where the path that both have, with its host
   */
  record Conflict(String route, String other, String where) implements RouteProblem {
    @Override
    public String message() {
      return "takes the same requests as route '" + other + "': both are for " + where;
    }

    @Override
    public String hint() {
      return "give one of them a narrower path, or one more of 'methods', 'headers' and 'query'";
    }
  }

  /**
   * The routes of one host overlap so much that one request could make a look-up long.
   *
   * @param where the host
   * @param steps how many nodes of the tree a look-up could visit
   */
  record TooManyOverlaps(String route, String where, int steps) implements RouteProblem {
    @Override
    public String message() {
      return "makes a look-up for "
          + where
          + " take up to "
          + steps
          + " steps; at most "
          + Router.MAX_STEPS
          + " are allowed";
    }

    @Override
    public String hint() {
      return "have fewer routes that differ only in which segments are '{name}' and which are text";
    }
  }
}
