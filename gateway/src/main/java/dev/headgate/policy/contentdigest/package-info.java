/**
 * The policy {@code contentDigest}: lets a body through only if it is the one that its digest says
 * (RFC 9530), and the upstream never gets the whole of another.
 */
@NullMarked
package dev.headgate.policy.contentdigest;

import org.jspecify.annotations.NullMarked;
