/**
 * Structured fields (RFC 9651): reads and writes the values of header fields that have this form.
 * What a field's members mean is known elsewhere.
 */
@NullMarked
package dev.headgate.structured;

import org.jspecify.annotations.NullMarked;
