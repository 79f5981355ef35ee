/**
 * Turns files into a {@code Config} or into all of their problems: strict YAML, references to
 * secrets, binding to the records, merging of directories. What a value must mean is checked in
 * {@code config.check}.
 */
@NullMarked
package dev.headgate.config.read;

import org.jspecify.annotations.NullMarked;
