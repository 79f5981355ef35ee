/**
 * The priority that a consumer has, which is known only once it is known who calls. A policy that
 * nobody writes: routes get it when consumers have priorities.
 */
@NullMarked
package dev.headgate.policy.priority;

import org.jspecify.annotations.NullMarked;
