package dev.headgate.route;

import org.jspecify.annotations.Nullable;

/** Listens to a look-up, and may keep it going after the route has been found. */
interface Trace<T> {
  /**
   * Host and path of the request are right for this route.
   *
   * @param loss why it does not take the request; null if it does
   * @return whether the search is over
   */
  boolean offered(RouteEntry<T> entry, @Nullable Loss loss);

  /**
   * The search leaves a node that it had come to.
   *
   * @param at the index in the path of the slash after what matched so far
   */
  default void left(Node<T> node, int at) {}
}
