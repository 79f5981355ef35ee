/** From a checked configuration to what serves traffic: pure, no I/O. */
@NullMarked
package dev.headgate.snapshot;

import org.jspecify.annotations.NullMarked;
