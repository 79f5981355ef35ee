/**
 * What is kept for very many callers at once: keys that tell requests apart ({@link
 * dev.headgate.keyed.RequestKey}), and a word of state for each in an amount of memory that is
 * fixed ({@link dev.headgate.keyed.KeyedWords}). Where several nodes count together, {@link
 * dev.headgate.keyed.SharedKey} gives them the same key. What the words mean belongs to those who
 * use them.
 */
@NullMarked
package dev.headgate.keyed;

import org.jspecify.annotations.NullMarked;
