/**
 * The policy {@code concurrency}: how many requests of a caller may be under way at once. How often
 * it may ask is for {@code limit} to say.
 */
@NullMarked
package dev.headgate.policy.concurrency;

import org.jspecify.annotations.NullMarked;
