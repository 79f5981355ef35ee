/** Two annotations that say which thread may touch a type. */
@NullMarked
package dev.headgate.concurrent;

import org.jspecify.annotations.NullMarked;
