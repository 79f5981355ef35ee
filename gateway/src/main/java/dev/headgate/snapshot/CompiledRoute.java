package dev.headgate.snapshot;

import dev.headgate.config.Priority;
import dev.headgate.config.Route;
import dev.headgate.http.HeaderName;
import dev.headgate.route.PathRewrite;
import org.jspecify.annotations.Nullable;

/**
 * A route, prepared.
 *
 * @param bodyLimit bytes
 * @param timeoutNanos 0 for none
 * @param callerTimeout the field in which callers may say how long they wait; null for none
 * @param mirrored null where nothing is copied
 * @param rewrite null where the upstream gets the path as it is
 * @param highestPriority what the priority of a request can turn out to be at most
 */
public record CompiledRoute(
    Route config,
    Action action,
    long bodyLimit,
    long timeoutNanos,
    @Nullable HeaderName callerTimeout,
    @Nullable Mirrored mirrored,
    @Nullable PathRewrite rewrite,
    HeaderEdits request,
    HeaderEdits response,
    PolicyChain policies,
    Priority highestPriority) {}
