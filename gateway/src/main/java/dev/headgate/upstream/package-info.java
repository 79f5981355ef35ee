/**
 * Connections to endpoints: choosing one, pooling, and HTTP/1.1 and HTTP/2 towards it. One instance
 * of everything for each loop.
 */
@NullMarked
package dev.headgate.upstream;

import org.jspecify.annotations.NullMarked;
