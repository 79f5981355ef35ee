/**
 * Sending a request more than once: when it may be, how much of that there may be, and what of its
 * body is kept for it. What an upstream says is judged here; nothing is sent from here.
 */
@NullMarked
package dev.headgate.retry;

import org.jspecify.annotations.NullMarked;
