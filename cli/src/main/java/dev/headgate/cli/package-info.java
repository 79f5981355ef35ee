/**
 * The command line: one thin class for each command, which calls the gateway and prints what it
 * says. The only {@code main}, and the only place that reads the environment, handles signals and
 * ends the process.
 */
@NullMarked
package dev.headgate.cli;

import org.jspecify.annotations.NullMarked;
