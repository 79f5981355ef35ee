package dev.headgate.route;

import dev.headgate.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What routes look at.
 *
 * @param host in lower case, without port; empty where there is none
 * @param path in canonical form
 * @param method as it came
 * @param query as it came, without the question mark; null where there is none
 */
public record RouteRequest(
    String host, String path, String method, Headers headers, @Nullable String query) {
  RouteRequest withPath(String other) {
    return new RouteRequest(host, other, method, headers, query);
  }
}
