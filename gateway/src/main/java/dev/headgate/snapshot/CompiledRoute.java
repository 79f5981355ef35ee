package dev.headgate.snapshot;

import dev.headgate.config.Priority;
import dev.headgate.config.Route;
import dev.headgate.route.PathRewrite;
import org.jspecify.annotations.Nullable;

/**
 * A route, prepared.
 *
 * @param bodyLimit bytes
 * @param timeoutNanos 0 for none
 * @param rewrite null where the upstream gets the path as it is
 * @param highestPriority what the priority of a request can turn out to be at most
 */
public record CompiledRoute(
    Route config,
    Action action,
    long bodyLimit,
    long timeoutNanos,
    @Nullable PathRewrite rewrite,
    HeaderEdits request,
    HeaderEdits response,
    PolicyChain policies,
    Priority highestPriority) {}
