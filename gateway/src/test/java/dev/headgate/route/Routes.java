package dev.headgate.route;

import dev.headgate.config.Route;
import dev.headgate.config.Route.EncodedSlash;
import dev.headgate.config.Route.ValueMatch;
import dev.headgate.http.Headers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Short ways to write routes and requests down. The payload of a route is its name. */
final class Routes {
  private Routes() {}

  static RouteEntry<String> route(String name, String path) {
    return route(name, match(List.of(), path, List.of()));
  }

  static RouteEntry<String> route(String name, Route.Match match) {
    return new RouteEntry<>(name, match, EncodedSlash.REJECT, name);
  }

  static RouteEntry<String> route(String name, String path, EncodedSlash encodedSlash) {
    return new RouteEntry<>(name, match(List.of(), path, List.of()), encodedSlash, name);
  }

  static RouteEntry<String> onHost(String name, String host, String path) {
    return route(name, match(List.of(host), path, List.of()));
  }

  static RouteEntry<String> forMethods(String name, String path, String... methods) {
    return route(name, match(List.of(), path, List.of(methods)));
  }

  static RouteEntry<String> withHeader(String name, String path, String header, ValueMatch value) {
    return route(
        name, new Route.Match(List.of(), path, List.of(), Map.of(header, value), Map.of()));
  }

  static RouteEntry<String> withQuery(String name, String path, String key, ValueMatch value) {
    return route(name, new Route.Match(List.of(), path, List.of(), Map.of(), Map.of(key, value)));
  }

  static Route.Match match(List<String> hosts, String path, List<String> methods) {
    return new Route.Match(hosts, path, methods, Map.of(), Map.of());
  }

  static ValueMatch exact(String value) {
    return new ValueMatch(value, null, null);
  }

  static ValueMatch present(boolean present) {
    return new ValueMatch(null, present, null);
  }

  static ValueMatch regex(String regex) {
    return new ValueMatch(null, null, regex);
  }

  static Router.Change<String> change(List<RouteEntry<String>> entries) {
    return Router.<String>empty().with(List.of(), entries);
  }

  @SafeVarargs
  static Router<String> router(RouteEntry<String>... entries) {
    Router.Change<String> change = change(List.of(entries));
    if (!change.problems().isEmpty()) {
      throw new AssertionError(change.problems());
    }
    return change.router();
  }

  @SuppressWarnings("unchecked") // Java has no arrays of generic types.
  static RouteEntry<String>[] newArray(int size) {
    return new RouteEntry[size];
  }

  static RouteRequest get(String path) {
    return request("GET", "api.example.com", path, null);
  }

  static RouteRequest request(
      String method, String host, String path, @Nullable String query, String... headers) {
    Headers fields = new Headers();
    for (int i = 0; i < headers.length; i += 2) {
      fields.add(headers[i], headers[i + 1]);
    }
    return new RouteRequest(host, path, method, fields, query);
  }

  /** The name of the route that takes the request, or the status of the refusal. */
  static String taker(Router<String> router, RouteRequest request) {
    return switch (router.match(request)) {
      case Routing.Found<String> found -> found.payload();
      case Routing.WrongMethod<String>(List<String> allow) -> "405 " + String.join(",", allow);
      case Routing.NoRoute<String> _ -> "404";
      case Routing.Refused<String> refused ->
          "400 " + refused.refusal().reason() + " by " + refused.route().name();
    };
  }
}
