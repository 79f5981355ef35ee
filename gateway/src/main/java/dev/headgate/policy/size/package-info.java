/**
 * The policy {@code size}: bounds how large requests and answers may be, in parts and as a whole,
 * inflated too, while they pass.
 */
@NullMarked
package dev.headgate.policy.size;

import org.jspecify.annotations.NullMarked;
