/**
 * The policy {@code addresses}: from which networks and countries a route may be called. Countries
 * come from a database file in MaxMind's format that the user supplies. What a listener lets in is
 * the listener's own matter.
 */
@NullMarked
package dev.headgate.policy.addresses;

import org.jspecify.annotations.NullMarked;
