/**
 * The policy {@code fault}: makes requests fail on purpose, a share of them, to see what becomes of
 * it: callers, retries, alarms.
 */
@NullMarked
package dev.headgate.policy.fault;

import org.jspecify.annotations.NullMarked;
