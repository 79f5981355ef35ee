package dev.headgate.route;

import dev.headgate.http.PathRefusal;
import java.util.List;

/** What the router says of a request. */
public sealed interface Routing<T> {
  /**
   * A route takes it.
   *
   * @param path the path that it was taken with: the request's, unless the route decodes slashes
   */
  record Found<T>(RouteEntry<T> route, String path) implements Routing<T> {
    public T payload() {
      return route.payload();
    }

    /** What {@code {name}} of the route's path stands for, in canonical form. */
    public String capture(String name) {
      int segment = route.template().indexOf(name);
      if (segment < 0) {
        throw new IllegalArgumentException(route.name() + " captures no " + name);
      }
      return Segments.at(path, segment);
    }
  }

  /**
   * Routes take it but for its method: 405.
   *
   * @param allow the methods that would be taken, sorted
   */
  record WrongMethod<T>(List<String> allow) implements Routing<T> {}

  /** No route takes it: 404. */
  record NoRoute<T>() implements Routing<T> {}

  /** The route that would take it does not take such a path: 400. */
  record Refused<T>(RouteEntry<T> route, PathRefusal refusal) implements Routing<T> {}
}
