/**
 * What HTTP/2 towards clients and towards upstreams have in common: how fields are taken from and
 * put into header blocks, how frames are written, and the guards against floods. The connections
 * themselves are in {@code listen} and {@code upstream}; the rules for the fields of a message are
 * in {@code http}.
 */
@NullMarked
package dev.headgate.http2;

import org.jspecify.annotations.NullMarked;
