/**
 * Copies of requests for a second upstream, whose answers nobody gets: what is held of a request,
 * the bounds on all copies of a loop, and the way of one copy. It knows nothing of clients and of
 * the flow, which hands it what passes.
 */
@NullMarked
package dev.headgate.mirror;

import org.jspecify.annotations.NullMarked;
