/**
 * The policy {@code jsonThreats}: lets only bodies through that are well-formed JSON within limits,
 * checked while they pass. Nothing of a body is kept but its open brackets and the hashes of the
 * keys of objects that are open.
 */
@NullMarked
package dev.headgate.policy.jsonthreats;

import org.jspecify.annotations.NullMarked;
