package dev.headgate.upstream;

import dev.headgate.config.Upstream;

/**
 * The bounds of one loop's pool, from the upstream's configuration.
 *
 * @param connections connections to each endpoint
 * @param waiting requests that may wait for one
 * @param multiplexes whether the endpoints are known to speak HTTP/2
 */
record PoolLimits(
    int connections,
    int waiting,
    boolean multiplexes,
    long connectNanos,
    long responseNanos,
    long idleNanos) {

  /**
   * @param loops among how many loops the bounds are shared out
   */
  static PoolLimits of(Upstream upstream, int loops) {
    return new PoolLimits(
        Math.max(1, upstream.connections().max() / loops),
        Math.max(1, upstream.connections().waiting() / loops),
        upstream.protocol() == Upstream.Protocol.HTTP2,
        upstream.timeouts().connect().toNanos(),
        upstream.timeouts().response().toNanos(),
        upstream.timeouts().idle().toNanos());
  }
}
