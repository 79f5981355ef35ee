/**
 * How the requests of a route are shared out among its upstreams where it is not by chance alone:
 * callers that stay on one side, testers that are sent to one, one side that takes all. Which
 * endpoint of an upstream gets a request is chosen in {@code upstream}.
 */
@NullMarked
package dev.headgate.split;

import org.jspecify.annotations.NullMarked;
