/**
 * The demonstration: two small origins in this process and a configuration that shows what a
 * gateway does with them. Nothing here serves anybody but the curious.
 */
@NullMarked
package dev.headgate.cli.demo;

import org.jspecify.annotations.NullMarked;
