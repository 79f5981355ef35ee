package dev.headgate.upstream;

import dev.headgate.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request as it goes to an upstream.
 *
 * @param scheme of the endpoint's URL
 * @param authority what goes into Host or {@code :authority}; null for the endpoint's own
 * @param target path and query
 * @param headers without hop-by-hop fields and without Host; Content-Length is there if the length
 *     is known
 * @param webSocket whether this asks for a WebSocket: by Upgrade on HTTP/1.1, by extended CONNECT
 *     on HTTP/2
 */
public record UpstreamRequest(
    String method,
    String scheme,
    @Nullable String authority,
    String target,
    Headers headers,
    boolean webSocket) {
  /** What goes into Host or {@code :authority} of a request to this endpoint. */
  String authorityAt(EndpointAddress endpoint) {
    return authority == null ? endpoint.authority() : authority;
  }
}
