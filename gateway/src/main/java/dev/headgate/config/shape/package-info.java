/**
 * The shape of configuration records: which keys there are, of which type, with which defaults and
 * bounds. One walk over the records makes it; the reader, the JSON Schema, the reference docs and
 * the writer of the effective configuration all work from it. Nothing here reads files.
 */
@NullMarked
package dev.headgate.config.shape;

import org.jspecify.annotations.NullMarked;
