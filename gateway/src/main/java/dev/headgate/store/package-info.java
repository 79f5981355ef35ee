/**
 * Stores that several nodes share: Redis, and what speaks like it. Here is how one is asked from an
 * event loop, on that loop, within a time, and when it is left alone; the client library shows
 * nowhere else. What is kept in a store belongs to the policies that ask.
 */
@NullMarked
package dev.headgate.store;

import org.jspecify.annotations.NullMarked;
