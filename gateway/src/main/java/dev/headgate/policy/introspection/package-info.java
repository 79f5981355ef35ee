/**
 * The policy {@code introspection}: vouches for callers whose token an authorization server says is
 * active (RFC 7662), in JSON or in a signed answer (RFC 9701). How the server is asked, and what
 * its answer means; when it is asked is {@code callout}'s business, what claims must say {@code
 * jose}'s.
 */
@NullMarked
package dev.headgate.policy.introspection;

import org.jspecify.annotations.NullMarked;
