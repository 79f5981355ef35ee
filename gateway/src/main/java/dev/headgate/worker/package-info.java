/** One core's world: an event loop with its current snapshot, its pools and its timers. */
@NullMarked
package dev.headgate.worker;

import org.jspecify.annotations.NullMarked;
