/**
 * Expressions that users write in {@code when} and {@code authorize}: CEL, compiled and checked for
 * types when the configuration is, bounded in size and cost, evaluated over an exchange. What they
 * are for is not known here.
 */
@NullMarked
package dev.headgate.expression;

import org.jspecify.annotations.NullMarked;
