/**
 * Matching: host, path and predicates as one compiled, immutable tree that {@code snapshot} builds
 * and the flow asks; and the making of new paths from what a route's path captured. What a route
 * then does lives in {@code flow} and {@code policy}.
 */
@NullMarked
package dev.headgate.route;

import org.jspecify.annotations.NullMarked;
