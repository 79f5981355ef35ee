/**
 * Bodies and their digests (RFC 9530): what the field Content-Digest says, and a look at a body
 * while it passes. Whether there must be one is for policies to say.
 */
@NullMarked
package dev.headgate.digest;

import org.jspecify.annotations.NullMarked;
