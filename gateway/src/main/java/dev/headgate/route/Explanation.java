package dev.headgate.route;

import java.util.List;

/**
 * What the router says of a request, and why not something else.
 *
 * @param considered routes that came near, the nearest first
 */
public record Explanation<T>(Routing<T> routing, List<Considered> considered) {
  /**
   * A route that did not take the request.
   *
   * @param route its name
   */
  public record Considered(String route, Loss loss) {
    @Override
    public String toString() {
      return route + ": " + loss.text();
    }
  }
}
