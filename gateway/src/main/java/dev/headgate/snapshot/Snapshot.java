package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.route.RouteEntry;
import dev.headgate.route.Router;
import java.util.Map;
import java.util.Set;

/**
 * A revision compiled for serving. Immutable and shared by all loops.
 *
 * @param revision the revision's number
 * @param routes what the router was made of, by name; the next revision takes over what has not
 *     changed
 * @param upstreams all upstreams that its routes may go to
 */
public record Snapshot(
    long revision,
    Config config,
    Router<CompiledRoute> router,
    Map<String, RouteEntry<CompiledRoute>> routes,
    Set<Action.NamedUpstream> upstreams) {}
