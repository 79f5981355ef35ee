package dev.headgate.snapshot;

import dev.headgate.config.Route;

/**
 * Where copies of a route's requests go.
 *
 * @param rules bounds for the copies
 */
public record Mirrored(Action.NamedUpstream to, Route.Mirror rules) {}
