/**
 * The policies: one package for each kind, and {@link dev.headgate.policy.Policies}, the list of
 * them. One kind never uses another.
 */
@NullMarked
package dev.headgate.policy;

import org.jspecify.annotations.NullMarked;
