/**
 * The policy {@code authorize}: whether a caller, once known, may do what it asks for. By scopes,
 * groups, consumers, claims, methods and a CEL expression, all of which must agree. Who is calling
 * is found out elsewhere.
 */
@NullMarked
package dev.headgate.policy.authorize;

import org.jspecify.annotations.NullMarked;
