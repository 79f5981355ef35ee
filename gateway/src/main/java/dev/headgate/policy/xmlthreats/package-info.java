/**
 * The policy {@code xmlThreats}: lets only bodies through that are well-formed XML without a DTD
 * within limits, checked while they pass.
 */
@NullMarked
package dev.headgate.policy.xmlthreats;

import org.jspecify.annotations.NullMarked;
