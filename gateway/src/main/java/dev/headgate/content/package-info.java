/**
 * What a body is said to be, its media type and its codings, and how to look into one: for every
 * policy that reads bodies while they pass. What the bytes mean is the policies' own.
 */
@NullMarked
package dev.headgate.content;

import org.jspecify.annotations.NullMarked;
