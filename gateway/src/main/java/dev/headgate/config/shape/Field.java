package dev.headgate.config.shape;

import org.jspecify.annotations.Nullable;

/**
 * One key of a record.
 *
 * @param doc what it is for, in the user's words
 * @param example a value in YAML; may be empty
 * @param defaultText the default as the user would write it; empty if there is none to write
 * @param whenAbsent the value when the key is not written; null if it must be, or if null it is
 * @param required whether the key must be written
 * @param canBeOff whether the word {@code off} is taken, for null
 */
public record Field(
    String name,
    Shape shape,
    String doc,
    String example,
    String defaultText,
    @Nullable Object whenAbsent,
    boolean required,
    boolean canBeOff) {}
